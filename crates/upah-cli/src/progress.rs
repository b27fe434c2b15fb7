//! The bar on a terminal; silence elsewhere.
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;
use upah::Progress;

/// Shows what a drive has done while `work` runs.
pub(crate) async fn beside<T>(progress: Arc<Progress>, total: u64, work: impl Future<Output = T>) -> T {
    if !std::io::stderr().is_terminal() {
        return work.await;
    }
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} paid {per_sec} {elapsed}") {
        bar.set_style(style);
    }
    let mut work = std::pin::pin!(work);
    let ended = loop {
        tokio::select! {
            ended = &mut work => break ended,
            () = tokio::time::sleep(Duration::from_millis(100)) => bar.set_position(progress.settled()),
        }
    };
    bar.finish_and_clear();
    ended
}
