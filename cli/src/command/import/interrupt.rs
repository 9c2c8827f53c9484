//! Ctrl-C: the first ends the import after the document at hand, the second ends it at once.

use tokio::signal::ctrl_c;
use tokio::sync::oneshot;

/// Begins to listen. The answer comes with the first Ctrl-C; never, where it cannot be listened
/// for.
pub(super) async fn first() {
    let (tell, told) = oneshot::channel();
    tokio::spawn(async move {
        if ctrl_c().await.is_ok() && tell.send(()).is_ok() && ctrl_c().await.is_ok() {
            // As safe as being killed: what is not committed is not stored.
            std::process::exit(130);
        }
    });
    if told.await.is_err() {
        std::future::pending::<()>().await;
    }
}
