//! `child_process`: children of the loop behind `ChildProcess`, children that are waited for on the spot behind `spawnSync`,
//! and the channel over which a parent and a forked child talk.

mod channel;
mod options;
mod process;
mod sync;

use boa_engine::{Context, JsObject, JsResult};

use crate::engine::native::Natives;

pub use channel::adopt_from_parent;

/// `binding('child_process')`
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("spawn", 2, process::spawn)
        .function("spawnSync", 1, sync::spawn_sync)
        .function("openChannel", 3, channel::open)
        .build())
}
