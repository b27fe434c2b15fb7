//! Whether a wage can be paid by a code: only by one that is printed once, and leaves the amount to whoever pays.

use core::fmt;

use crate::{Initiation, Qris, tag};

/// Why no wage can be paid by a readable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unpayable {
    /// A QRIS transfer code (tag 40): made by a person's app for one transfer, and worthless once that is made.
    Transfer,
    /// It states an amount (tag 54), and that one is not ours to change.
    Amount,
    /// It was made for one payment (tag 01 is `12`): a second one with it may fail, or pay what it was made for.
    Dynamic,
    /// Its currency (tag 53) is missing or not the rupiah: the amount would be another one.
    Currency,
    /// A tag occurs twice: which of them an app reads, and so who is paid, nobody can say.
    Repeated(u8),
    /// There is no merchant account in it (tags 26 to 45): nobody is paid.
    Account,
}

impl Unpayable {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Transfer => "qris_transfer",
            Self::Amount => "qris_has_amount",
            Self::Dynamic => "qris_made_once",
            Self::Currency => "qris_currency",
            Self::Repeated(_) => "qris_repeated",
            Self::Account => "qris_no_account",
        }
    }
}

impl fmt::Display for Unpayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transfer => f.write_str(
                "this is a QRIS transfer code (tag 40), made for one transfer; ask the worker for her bank account, or for \
                 the code that is printed for her shop",
            ),
            Self::Amount => f.write_str(
                "this QRIS code states an amount already; ask for the printed code, on which the payer says how much",
            ),
            Self::Dynamic => {
                f.write_str("this QRIS code was made for one payment; ask for the code that is printed once and stays")
            }
            Self::Currency => f.write_str("this QRIS code is not in rupiah (tag 53 is not 360)"),
            Self::Repeated(tag) => {
                write!(f, "tag {tag:02} stands twice in this QRIS code, so nobody can say who would be paid; scan it again")
            }
            Self::Account => f.write_str("there is no account in this QRIS code (tags 26 to 45), so nobody would be paid"),
        }
    }
}

impl core::error::Error for Unpayable {}

impl Qris<'_> {
    /// Whether a wage can be paid by this code, time and again and with an amount of ours.
    ///
    /// Codes that deviate from the layout are payable, as at a cashier's; what is refused is what would pay another
    /// amount, another person, or once only.
    ///
    /// # Errors
    /// [`Unpayable`]; the first reason found, in the order of its variants.
    pub fn check_payable(&self) -> Result<(), Unpayable> {
        if self.object(tag::TRANSFER).is_some() {
            return Err(Unpayable::Transfer);
        }
        if self.amount().is_some() {
            return Err(Unpayable::Amount);
        }
        // Without a readable tag 01 it is what codes on paper are: static.
        if self.initiation() == Some(Initiation::Dynamic) {
            return Err(Unpayable::Dynamic);
        }
        if self.object(tag::CURRENCY).is_none_or(|currency| currency.value != tag::RUPIAH) {
            return Err(Unpayable::Currency);
        }
        if let Some(tag) = self.repeated_tag() {
            return Err(Unpayable::Repeated(tag));
        }
        if self.merchant_account().is_none() {
            return Err(Unpayable::Account);
        }
        Ok(())
    }

    fn repeated_tag(&self) -> Option<u8> {
        let mut seen = 0_u128;
        self.objects().map(|object| object.tag).find(|tag| {
            // Tags have two digits, so 100 bits are enough.
            let bit = 1_u128 << (tag % 100);
            let again = seen & bit != 0;
            seen |= bit;
            again
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Builder;
    use alloc::string::String;

    /// A printed code with this in the place of some of its objects; `None` leaves one out.
    fn code(changes: &[(u8, Option<&str>)]) -> String {
        let plain = [
            (1, "11"),
            (26, "0015COM.EXAMPLE.WWW01189360001400000000170215885000000000001"),
            (52, "5411"),
            (53, "360"),
            (58, "ID"),
            (59, "WARUNG CONTOH"),
            (60, "JEMBER"),
        ];
        let changed = |tag| changes.iter().find(|(other, _)| *other == tag).map(|(_, value)| *value);
        let mut builder = Builder::new();
        for (tag, value) in plain {
            if let Some(value) = changed(tag).unwrap_or(Some(value)) {
                builder = builder.object(tag, value).unwrap();
            }
        }
        for (tag, value) in changes.iter().filter(|(tag, _)| plain.iter().all(|(other, _)| other != tag)) {
            builder = builder.object(*tag, value.unwrap()).unwrap();
        }
        builder.seal().unwrap()
    }

    fn judged(changes: &[(u8, Option<&str>)]) -> Result<(), Unpayable> {
        Qris::parse(&code(changes)).unwrap().check_payable()
    }

    #[test]
    fn only_a_printed_code_in_rupiah_that_names_an_account_and_no_amount_pays_her() {
        assert_eq!(judged(&[]), Ok(()));
        // What deviates at a cashier's is payable all the same.
        assert_eq!(judged(&[(1, None)]), Ok(()));
        assert_eq!(judged(&[(52, Some("541"))]), Ok(()));
        assert_eq!(judged(&[(55, Some("01"))]), Ok(()));
        let transfer = "0017ID.CO.EXAMPLE.WWW0119936008223000001355002132000000000000";
        for (changes, why) in [
            (&[(40, Some(transfer))][..], Unpayable::Transfer),
            (&[(54, Some("1"))], Unpayable::Amount),
            (&[(1, Some("12")), (54, Some("1"))], Unpayable::Amount),
            (&[(1, Some("12"))], Unpayable::Dynamic),
            (&[(53, Some("840"))], Unpayable::Currency),
            (&[(53, None)], Unpayable::Currency),
            (&[(62, Some("0703A01")), (62, Some("0703A02"))], Unpayable::Repeated(62)),
            (&[(26, None)], Unpayable::Account),
        ] {
            assert_eq!(judged(changes), Err(why), "{changes:?}");
        }
    }
}
