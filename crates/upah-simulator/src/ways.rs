//! Over which rails a wage may go: the hours and fees of a world, and the auditor's own reading of the configuration.
use crate::cast::{self, LIMIT};
use fastrand::Rng;
use upah_core::Rupiah;
use upah_core::policy::{Days, Fee, Hours, Minute, Policy, Rule, Since, Zone};

/// When a rail is open, every day, in minutes of its own day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening {
    from: i64,
    until: i64,
    /// Hours that its zone is ahead of UTC.
    ahead: i64,
}

impl Opening {
    /// Whether it is open at a time of the wall clock, in milliseconds.
    pub(crate) fn holds(self, wall: i64) -> bool {
        let minute = (wall / 60_000 + self.ahead * 60).rem_euclid(1_440);
        (self.from..self.until).contains(&minute)
    }
}

/// What a world says of its rails besides whom they serve, by the auditor's count of rails.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) openings: [Option<Opening>; 3],
    fees: [Option<u64>; 3],
    pub(crate) cheapest: bool,
}

/// Gives the rails of a policy hours and fees.
pub(crate) fn draw(policy: &mut Policy, rails: &[usize], rng: &mut Rng) -> Terms {
    let mut terms = Terms { cheapest: rng.bool(), ..Terms::default() };
    policy.rule = if terms.cheapest { Rule::Cheapest } else { Rule::Order };
    for (rail, index) in policy.rails.iter_mut().zip(rails) {
        if rng.bool() {
            let (from, length) = (rng.u16(..1_200), rng.u16(60..240));
            let (zone, ahead) = [(Zone::Jakarta, 7), (Zone::Makassar, 8), (Zone::Jayapura, 9)][rng.usize(..3)];
            let minute = |at: u16| format!("{:02}:{:02}", at / 60, at % 60).parse::<Minute>().ok();
            let hours = minute(from).zip(minute(from + length));
            let hours = hours.and_then(|(opens, closes)| Hours::new(zone, Days::Every, opens, closes).ok());
            rail.terms.hours = hours.map(Since::always).into_iter().collect();
            terms.openings[*index] = Some(Opening { from: from.into(), until: i64::from(from + length), ahead });
        }
        if rng.bool() {
            let fee = rng.u64(..4) * 500;
            let amount = Rupiah::new(fee).unwrap_or_default();
            rail.terms.fees = vec![Since::always(Fee { amount, employer_pays: true })];
            terms.fees[*index] = Some(fee);
        }
    }
    terms
}

/// Over which rails each of a worker's places can be paid at some time, in the order of the configuration.
pub(crate) type Routes = [Vec<u8>; 3];

pub(crate) fn routes(worker: usize, rails: &[usize], limited: &[bool], terms: &Terms) -> Routes {
    let at = |place: usize| {
        let wallet = cast::is_wallet(worker, place);
        let fits = |rail: usize| !limited[rail] || cast::wage(worker) <= LIMIT;
        let serves = |rail: usize| rail == 2 || (rail == 1) == wallet;
        let mut able: Vec<u8> = Vec::new();
        for rail in rails.iter().copied().filter(|rail| serves(*rail) && fits(*rail)) {
            able.push(u8::try_from(rail).unwrap_or(u8::MAX));
            if !terms.cheapest && terms.openings[rail].is_none() {
                break;
            }
        }
        able
    };
    [at(0), at(1), at(2)]
}

impl Terms {
    /// The one of these that the configuration wants at this time; nothing when all are closed.
    pub(crate) fn wanted(&self, able: &[u8], wall: i64) -> Option<u8> {
        let open = |rail: &&u8| self.openings[usize::from(**rail)].is_none_or(|opening| opening.holds(wall));
        let cost = |rail: u8| self.fees[usize::from(rail)].unwrap_or(u64::MAX);
        let open = able.iter().filter(open).copied();
        // Of equals the first.
        if self.cheapest { open.min_by_key(|rail| cost(*rail)) } else { open.min_by_key(|_| 0) }
    }
}
