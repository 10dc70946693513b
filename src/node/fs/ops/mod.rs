//! The operations, by what they work on.

pub mod attributes;
pub mod descriptor;
pub mod glob;
pub mod list;
pub mod names;
pub mod tree;
mod walk;
pub mod whole;

/// Declares operations of the table: a type each, with where their arguments are and the function that prepares them.
macro_rules! operations {
    ($($type:ident $name:literal callback $at:literal after $required:literal $(signal $signal:literal)? => $prepare:path;)*) => { $(
        #[doc = concat!("`", $name, "`")]
        pub struct $type;

        impl $crate::node::fs::request::Operation for $type {
            const NAME: &'static str = $name;
            const CALLBACK_AT: usize = $at;
            const REQUIRED: usize = $required;
            const SIGNAL_AT: Option<usize> = operations!(@signal $($signal)?);

            fn prepare(
                args: &[boa_engine::JsValue],
                form: $crate::node::fs::request::Form,
                context: &mut boa_engine::Context,
            ) -> boa_engine::JsResult<$crate::node::fs::request::Request> {
                $prepare(args, form, context)
            }
        }
    )* };
    (@signal) => { None };
    (@signal $at:literal) => { Some($at) };
}
pub(crate) use operations;
