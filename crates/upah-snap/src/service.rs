//! The SNAP services Upah calls, with their codes and paths (ASPI's list of services).

/// One service of the standard. All are called with POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// 00, what became of a transfer from an e-money account. The standard lists no service for it.
    FromWalletStatus,
    /// 11, balance of the source account.
    Balance,
    /// 15, name and state of an account in the same bank.
    InternalInquiry,
    /// 16, name of an account in another bank.
    ExternalInquiry,
    /// 17, transfer within the bank.
    Intrabank,
    /// 18, transfer to another bank.
    Interbank,
    /// 20, many transfers to other banks in one request.
    InterbankBulk,
    /// 22, transfer to another bank over RTGS.
    Rtgs,
    /// 23, transfer to another bank over the national clearing (SKNBI).
    Skn,
    /// 36, what became of a transfer.
    TransferStatus,
    /// 37, name behind a wallet number.
    WalletInquiry,
    /// 38, top-up of a wallet.
    TopUp,
    /// 39, what became of a top-up.
    TopUpStatus,
    /// 40, many top-ups of wallets in one request.
    BulkCashIn,
    /// 42, name of a bank account that an e-money account is going to pay.
    FromWalletInquiry,
    /// 43, transfer from an e-money account to a bank.
    FromWallet,
    /// 73, access token (B2B).
    Token,
}

/// What a service's answer can speak about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServiceKind {
    /// Moves money: success means that it moved.
    Transfer,
    /// Asks about money that may have moved: success means that the question was answered.
    Status,
    /// Asks about a recipient.
    AccountInquiry,
    /// Asks about our own account.
    Balance,
    /// Asks for a token.
    Token,
}

impl Service {
    /// Every service, in order of code.
    pub const ALL: [Self; 17] = [
        Self::FromWalletStatus,
        Self::Balance,
        Self::InternalInquiry,
        Self::ExternalInquiry,
        Self::Intrabank,
        Self::Interbank,
        Self::InterbankBulk,
        Self::Rtgs,
        Self::Skn,
        Self::TransferStatus,
        Self::WalletInquiry,
        Self::TopUp,
        Self::TopUpStatus,
        Self::BulkCashIn,
        Self::FromWalletInquiry,
        Self::FromWallet,
        Self::Token,
    ];

    /// The two digits of the service in a response code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::FromWalletStatus => 0,
            Self::Balance => 11,
            Self::InternalInquiry => 15,
            Self::ExternalInquiry => 16,
            Self::Intrabank => 17,
            Self::Interbank => 18,
            Self::InterbankBulk => 20,
            Self::Rtgs => 22,
            Self::Skn => 23,
            Self::TransferStatus => 36,
            Self::WalletInquiry => 37,
            Self::TopUp => 38,
            Self::TopUpStatus => 39,
            Self::BulkCashIn => 40,
            Self::FromWalletInquiry => 42,
            Self::FromWallet => 43,
            Self::Token => 73,
        }
    }

    /// The standard's path after the counterparty's prefix, with its leading slash; `None` for what it does not list.
    #[must_use]
    pub const fn path(self) -> Option<&'static str> {
        Some(match self {
            Self::FromWalletStatus => return None,
            Self::Balance => "/balance-inquiry",
            Self::InternalInquiry => "/account-inquiry-internal",
            Self::ExternalInquiry => "/account-inquiry-external",
            Self::Intrabank => "/transfer-intrabank",
            Self::Interbank => "/transfer-interbank",
            Self::InterbankBulk => "/transfer-interbank-bulk",
            Self::Rtgs => "/transfer-rtgs",
            Self::Skn => "/transfer-skn",
            Self::TransferStatus => "/transfer/status",
            Self::WalletInquiry => "/emoney/account-inquiry",
            Self::TopUp => "/emoney/topup",
            Self::TopUpStatus => "/emoney/topup-status",
            Self::BulkCashIn => "/emoney/bulk-cashin-payment",
            Self::FromWalletInquiry => "/emoney/bank-account-inquiry",
            Self::FromWallet => "/emoney/transfer-bank",
            Self::Token => "/access-token/b2b",
        })
    }

    /// What its answer can speak about.
    #[must_use]
    pub const fn kind(self) -> ServiceKind {
        match self {
            Self::Balance => ServiceKind::Balance,
            Self::InternalInquiry | Self::ExternalInquiry | Self::WalletInquiry | Self::FromWalletInquiry => {
                ServiceKind::AccountInquiry
            }
            Self::Intrabank
            | Self::Interbank
            | Self::InterbankBulk
            | Self::Rtgs
            | Self::Skn
            | Self::TopUp
            | Self::BulkCashIn
            | Self::FromWallet => ServiceKind::Transfer,
            Self::TransferStatus | Self::TopUpStatus | Self::FromWalletStatus => ServiceKind::Status,
            Self::Token => ServiceKind::Token,
        }
    }

    /// Whether it is settled by a clearing house, so that its first answer tells how far it has come.
    #[must_use]
    pub const fn is_cleared(self) -> bool {
        matches!(self, Self::Rtgs | Self::Skn)
    }

    /// Whether one request of it pays many, so that its answer is about the request and about nobody in it.
    #[must_use]
    pub const fn is_bulk(self) -> bool {
        matches!(self, Self::InterbankBulk | Self::BulkCashIn)
    }

    /// How a question about it names it, `serviceCode`: the two digits of its own, but for transfers from an e-money
    /// account, which are asked about as `00` (dana-python 2.2.2).
    #[must_use]
    pub const fn asked_about_as(self) -> u8 {
        match self {
            Self::FromWallet => 0,
            sent => sent.code(),
        }
    }

    /// The service that asks what became of this one; `None` for what moves no money.
    #[must_use]
    pub const fn status_service(self) -> Option<Self> {
        match self {
            Self::Intrabank | Self::Interbank | Self::InterbankBulk | Self::Rtgs | Self::Skn => {
                Some(Self::TransferStatus)
            }
            Self::TopUp | Self::BulkCashIn => Some(Self::TopUpStatus),
            Self::FromWallet => Some(Self::FromWalletStatus),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_paths_are_unique_and_what_moves_money_can_be_asked_about() {
        for (i, a) in Service::ALL.iter().enumerate() {
            assert!(a.path().is_none_or(|path| path.starts_with('/') && !path.ends_with('/')));
            assert_eq!(a.status_service().is_some(), a.kind() == ServiceKind::Transfer);
            for b in &Service::ALL[i + 1..] {
                assert!(a.code() < b.code() && a.path() != b.path());
            }
        }
    }
}
