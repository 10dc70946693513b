//! The two halves of a stream, as far as building up and tearing down concerns both: `_readableState` and
//! `_writableState`, and the flags that they share. The states that we make have records; a state that a script made is
//! asked by its properties.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    readable::ReadableState,
    state::{Bits, Record},
    writable::WritableState,
};

use crate::engine::lookup::{LookUp, own_named};

/// What both halves know of themselves.
#[derive(Clone, Copy)]
pub enum Flag {
    Constructed,
    Destroyed,
    ErrorEmitted,
    EmitClose,
    AutoDestroy,
    Closed,
    CloseEmitted,
}

impl Flag {
    fn name(self) -> JsString {
        match self {
            Self::Constructed => js_string!("constructed"),
            Self::Destroyed => js_string!("destroyed"),
            Self::ErrorEmitted => js_string!("errorEmitted"),
            Self::EmitClose => js_string!("emitClose"),
            Self::AutoDestroy => js_string!("autoDestroy"),
            Self::Closed => js_string!("closed"),
            Self::CloseEmitted => js_string!("closeEmitted"),
        }
    }

    fn readable_bit(self) -> u32 {
        use super::readable::bits;
        match self {
            Self::Constructed => bits::CONSTRUCTED,
            Self::Destroyed => bits::DESTROYED,
            Self::ErrorEmitted => bits::ERROR_EMITTED,
            Self::EmitClose => bits::EMIT_CLOSE,
            Self::AutoDestroy => bits::AUTO_DESTROY,
            Self::Closed => bits::CLOSED,
            Self::CloseEmitted => bits::CLOSE_EMITTED,
        }
    }

    fn writable_bit(self) -> u32 {
        use super::writable::bits;
        match self {
            Self::Constructed => bits::CONSTRUCTED,
            Self::Destroyed => bits::DESTROYED,
            Self::ErrorEmitted => bits::ERROR_EMITTED,
            Self::EmitClose => bits::EMIT_CLOSE,
            Self::AutoDestroy => bits::AUTO_DESTROY,
            Self::Closed => bits::CLOSED,
            Self::CloseEmitted => bits::CLOSE_EMITTED,
        }
    }
}

/// The state of one half.
#[derive(Clone)]
pub struct Half(JsObject);

impl Half {
    fn of(stream: &JsObject, name: JsString, context: &mut Context) -> JsResult<Option<Self>> {
        let half = match own_named(stream, name.clone()) {
            Some(half) => half,
            None => stream.look_up(name, context)?,
        };
        Ok(half.as_object().map(Self))
    }

    fn is(&self, flag: Flag, context: &mut Context) -> JsResult<bool> {
        if let Some(record) = self.0.downcast_ref::<WritableState>() {
            return Ok(record.bits() & flag.writable_bit() != 0);
        }
        if let Some(record) = self.0.downcast_ref::<ReadableState>() {
            return Ok(record.bits() & flag.readable_bit() != 0);
        }
        Ok(self.0.look_up(flag.name(), context)?.to_boolean())
    }

    fn set(&self, flag: Flag, on: bool, context: &mut Context) -> JsResult<()> {
        let put = |bits: &mut u32, bit: u32| {
            if on {
                *bits |= bit;
            } else {
                *bits &= !bit;
            }
        };
        if let Some(mut record) = self.0.downcast_mut::<WritableState>() {
            put(record.bits_mut(), flag.writable_bit());
            return Ok(());
        }
        if let Some(mut record) = self.0.downcast_mut::<ReadableState>() {
            put(record.bits_mut(), flag.readable_bit());
            return Ok(());
        }
        self.0.set(flag.name(), on, true, context).map(drop)
    }

    /// Keeps an error, unless there was one before.
    fn note(&self, error: &JsValue, context: &mut Context) -> JsResult<()> {
        if let Some(mut record) = self.0.downcast_mut::<WritableState>() {
            if !record.error.to_boolean() {
                record.set_error(error.clone());
            }
            return Ok(());
        }
        if let Some(mut record) = self.0.downcast_mut::<ReadableState>() {
            if !record.error.to_boolean() {
                record.set_error(error.clone());
            }
            return Ok(());
        }
        let known = self.0.look_up(js_string!("errored"), context)?;
        if !known.to_boolean() {
            self.0
                .set(js_string!("errored"), error.clone(), true, context)?;
        }
        Ok(())
    }
}

/// The halves that a stream has.
pub struct Halves {
    readable: Option<Half>,
    writable: Option<Half>,
}

impl Halves {
    /// Looks at a stream.
    ///
    /// # Errors
    /// What accessors of the stream throw.
    pub fn of(stream: &JsObject, context: &mut Context) -> JsResult<Self> {
        Ok(Self {
            readable: match ReadableState::kept(stream) {
                Some(state) => Some(Half(state)),
                None => Half::of(stream, js_string!("_readableState"), context)?,
            },
            writable: Half::of(stream, js_string!("_writableState"), context)?,
        })
    }

    /// Whether a flag is set in any half.
    ///
    /// # Errors
    /// What accessors of a state that a script made throw; likewise below.
    pub fn any(&self, flag: Flag, context: &mut Context) -> JsResult<bool> {
        for half in [&self.writable, &self.readable].into_iter().flatten() {
            if half.is(flag, context)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether there are both halves, and a flag is set in both.
    pub fn both(&self, flag: Flag, context: &mut Context) -> JsResult<bool> {
        match (&self.readable, &self.writable) {
            (Some(one), Some(other)) => Ok(one.is(flag, context)? && other.is(flag, context)?),
            _ => Ok(false),
        }
    }

    /// Sets or clears a flag in both halves, if there are both.
    pub fn put_both(&self, flag: Flag, on: bool, context: &mut Context) -> JsResult<()> {
        if let (Some(one), Some(other)) = (&self.readable, &self.writable) {
            one.set(flag, on, context)?;
            other.set(flag, on, context)?;
        }
        Ok(())
    }

    /// Whether a flag is set in the half that decides: the writable one, where there is one.
    pub fn first(&self, flag: Flag, context: &mut Context) -> JsResult<bool> {
        match self.writable.as_ref().or(self.readable.as_ref()) {
            Some(half) => half.is(flag, context),
            None => Ok(false),
        }
    }

    /// Sets a flag in all halves.
    pub fn set(&self, flag: Flag, context: &mut Context) -> JsResult<()> {
        for half in [&self.writable, &self.readable].into_iter().flatten() {
            half.set(flag, true, context)?;
        }
        Ok(())
    }

    /// Keeps an error in all halves, unless there was one before.
    pub fn note(&self, error: &JsValue, context: &mut Context) -> JsResult<()> {
        if !error.to_boolean() {
            return Ok(());
        }
        if let Some(error) = error.as_object() {
            // Formats the stack now, while the frames that matter are known.
            error.look_up(js_string!("stack"), context)?;
        }
        for half in [&self.writable, &self.readable].into_iter().flatten() {
            half.note(error, context)?;
        }
        Ok(())
    }
}
