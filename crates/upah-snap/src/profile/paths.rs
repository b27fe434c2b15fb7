//! Where each family of paths has its services.
use super::Paths;
use crate::service::Service;

impl Paths {
    /// The path of a service after the prefix; `None` where the family has none.
    #[must_use]
    pub const fn of(self, service: Service) -> Option<&'static str> {
        match (self, service) {
            (Self::Standard, service) => service.path(),
            (Self::RestAndHtm, Service::WalletInquiry) => Some("/rest/v1.0/emoney/account-inquiry"),
            (Self::RestAndHtm, Service::TopUp) => Some("/rest/v1.0/emoney/topup"),
            (Self::RestAndHtm, Service::TopUpStatus) => Some("/rest/v1.0/emoney/topup-status"),
            (Self::Htm, Service::WalletInquiry) => Some("/v1.0/emoney/account-inquiry.htm"),
            (Self::Htm, Service::TopUp) => Some("/v1.0/emoney/topup.htm"),
            (Self::Htm, Service::TopUpStatus) => Some("/v1.0/emoney/topup-status.htm"),
            (Self::RestAndHtm | Self::Htm, Service::FromWalletInquiry) => Some("/v1.0/emoney/bank-account-inquiry.htm"),
            (Self::RestAndHtm | Self::Htm, Service::FromWallet) => Some("/v1.0/emoney/transfer-bank.htm"),
            (Self::RestAndHtm | Self::Htm, Service::FromWalletStatus) => Some("/v1.0/emoney/transfer-bank-status.htm"),
            (Self::RestAndHtm | Self::Htm, _) => None,
        }
    }
}
