//! Who the process runs as, changed: `setuid`, `setgid`, their effective kin, `setgroups` and `initgroups`. Users and groups are
//! numbers or names of the system's database.

use std::io;

use boa_engine::{
    Context, JsArgs, JsError, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use crate::{
    node::{
        arguments::{integer, invalid_type},
        errors,
    },
    sys::{self, Identity},
};

/// What a name stands for.
#[derive(Clone, Copy)]
enum Kind {
    User,
    Group,
}

/// A user or group of an argument.
fn id_of(kind: Kind, value: &JsValue, name: &str, context: &mut Context) -> JsResult<u32> {
    if let Some(text) = value.as_string() {
        let text = text.to_std_string_lossy();
        let found = match kind {
            Kind::User => sys::user_named(&text),
            Kind::Group => sys::group_named(&text),
        };
        return found.ok_or_else(|| unknown(kind, value, context));
    }
    if !value.is_number() {
        return Err(invalid_type(name, &["number", "string"], value, context));
    }
    // In the range of the type by the check.
    integer(value, name, 0.0, f64::from(u32::MAX), context).map(|number| number as u32)
}

fn unknown(kind: Kind, value: &JsValue, context: &mut Context) -> JsError {
    let kind = match kind {
        Kind::User => js_string!("User"),
        Kind::Group => js_string!("Group"),
    };
    errors::node_error(
        "ERR_UNKNOWN_CREDENTIAL",
        &[kind.into(), value.clone()],
        context,
    )
}

fn refused(error: &io::Error, syscall: &str, context: &mut Context) -> JsError {
    let errno = error.raw_os_error().unwrap_or_default();
    let code = errors::errno_name(-errno);
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let failed = errors::plain(errors::Base::Plain, &format!("{code}, {text}"), context);
    if let Some(object) = failed.as_opaque().and_then(JsValue::as_object) {
        let members: [(JsString, JsValue); 3] = [
            (js_string!("errno"), errno.into()),
            (js_string!("code"), JsString::from(code.to_string()).into()),
            (js_string!("syscall"), JsString::from(syscall).into()),
        ];
        for (name, value) in members {
            // A fresh object takes any property.
            let _ = object.create_data_property(name, value, context);
        }
    }
    failed
}

fn set(
    identity: Identity,
    kind: Kind,
    syscall: &str,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let id = id_of(kind, args.get_or_undefined(0), "id", context)?;
    match sys::set_identity(identity, id) {
        Ok(()) => Ok(JsValue::undefined()),
        Err(error) => Err(refused(&error, syscall, context)),
    }
}

/// `process.setuid(id)`
pub fn set_uid(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set(Identity::User, Kind::User, "setuid", args, context)
}

/// `process.seteuid(id)`
pub fn set_euid(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set(
        Identity::EffectiveUser,
        Kind::User,
        "seteuid",
        args,
        context,
    )
}

/// `process.setgid(id)`
pub fn set_gid(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set(Identity::Group, Kind::Group, "setgid", args, context)
}

/// `process.setegid(id)`
pub fn set_egid(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set(
        Identity::EffectiveGroup,
        Kind::Group,
        "setegid",
        args,
        context,
    )
}

/// `process.setgroups(groups)`
pub fn set_groups(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let list = value
        .as_object()
        .and_then(|object| JsArray::from_object(object).ok());
    let Some(list) = list else {
        return Err(invalid_type("groups", &["Array"], value, context));
    };
    let mut groups = Vec::new();
    for at in 0..list.length(context)? {
        let group = list.get(at, context)?;
        groups.push(id_of(
            Kind::Group,
            &group,
            &format!("groups[{at}]"),
            context,
        )?);
    }
    match sys::set_groups(&groups) {
        Ok(()) => Ok(JsValue::undefined()),
        Err(error) => Err(refused(&error, "setgroups", context)),
    }
}

/// `process.initgroups(user, extraGroup)`
pub fn init_groups(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (user, group) = (args.get_or_undefined(0), args.get_or_undefined(1));
    for (value, name) in [(user, "user"), (group, "extraGroup")] {
        if !value.is_number() && !value.is_string() {
            return Err(invalid_type(name, &["number", "string"], value, context));
        }
    }
    let extra = id_of(Kind::Group, group, "extraGroup", context);
    let name = match user.as_string() {
        Some(name) => Some(name.to_std_string_lossy()),
        None => sys::name_of_user(id_of(Kind::User, user, "user", context)?),
    };
    let Some(name) = name else {
        return Err(unknown(Kind::User, user, context));
    };
    match sys::init_groups(&name, extra?) {
        Ok(()) => Ok(JsValue::undefined()),
        Err(error) => Err(refused(&error, "initgroups", context)),
    }
}
