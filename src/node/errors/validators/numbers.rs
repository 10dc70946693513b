//! Checks of numbers, and of what stands for one.

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string};

use super::{DONE, Outcome, name, outside, wrong_type};
use crate::node::errors::{describe, invalid_arg_value, node_error};

pub fn is_int32(_: &JsValue, args: &[JsValue], _: &mut Context) -> Outcome {
    let number = args.get_or_undefined(0).as_number();
    Ok(number
        .is_some_and(|number| f64::from(number as i32) == number)
        .into())
}

pub fn is_uint32(_: &JsValue, args: &[JsValue], _: &mut Context) -> Outcome {
    let number = args.get_or_undefined(0).as_number();
    Ok(number
        .is_some_and(|number| f64::from(number as u32) == number)
        .into())
}

pub fn parse_file_mode(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = match args.get_or_undefined(0) {
        value if value.is_null_or_undefined() => args.get_or_undefined(2).clone(),
        value => value.clone(),
    };
    let Some(text) = value.as_string() else {
        validate_uint32(
            &JsValue::undefined(),
            &[value.clone(), args.get_or_undefined(1).clone()],
            context,
        )?;
        return Ok(value);
    };
    let text = text.to_std_string_lossy();
    if text.is_empty() || !text.bytes().all(|digit| matches!(digit, b'0'..=b'7')) {
        let name = name(args, context);
        let reason = "must be a 32-bit unsigned integer or an octal string";
        return Err(invalid_arg_value(&name, &value, reason, context));
    }
    let mode = text
        .bytes()
        .fold(0.0, |mode: f64, digit| mode * 8.0 + f64::from(digit - b'0'));
    validate_uint32(
        &JsValue::undefined(),
        &[mode.into(), args.get_or_undefined(1).clone()],
        context,
    )?;
    Ok(mode.into())
}

/// An integer within bounds.
fn integer(args: &[JsValue], least: f64, most: f64, context: &mut Context) -> Outcome {
    let Some(number) = args.get_or_undefined(0).as_number() else {
        return wrong_type(args, &["number"], context);
    };
    if !number.is_finite() || number.fract() != 0.0 {
        return outside(args, "an integer", context);
    }
    if number < least || number > most {
        let range = format!(
            ">= {} && <= {}",
            describe::number_text(least),
            describe::number_text(most)
        );
        return outside(args, &range, context);
    }
    DONE
}

fn bound(args: &[JsValue], index: usize, otherwise: f64) -> f64 {
    args.get_or_undefined(index)
        .as_number()
        .unwrap_or(otherwise)
}

pub fn validate_int32(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    integer(
        args,
        bound(args, 2, f64::from(i32::MIN)),
        bound(args, 3, f64::from(i32::MAX)),
        context,
    )
}

pub fn validate_integer(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    integer(args, bound(args, 2, -SAFE), bound(args, 3, SAFE), context)
}

pub fn validate_uint32(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let least = if args.get_or_undefined(2).to_boolean() {
        1.0
    } else {
        0.0
    };
    integer(args, least, f64::from(u32::MAX), context)
}

pub fn validate_number(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let Some(number) = args.get_or_undefined(0).as_number() else {
        return wrong_type(args, &["number"], context);
    };
    let least = args.get_or_undefined(2).as_number();
    let most = args.get_or_undefined(3).as_number();
    let low = least.is_some_and(|least| number < least);
    let high = most.is_some_and(|most| number > most);
    if low || high || (number.is_nan() && (least.is_some() || most.is_some())) {
        let least = least.map(|least| format!(">= {}", describe::number_text(least)));
        let most = most.map(|most| format!("<= {}", describe::number_text(most)));
        let range: Vec<String> = least.into_iter().chain(most).collect();
        return outside(args, &range.join(" && "), context);
    }
    DONE
}

pub fn validate_port(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    let allow_zero = args
        .get(2)
        .is_none_or(|allow| allow.is_undefined() || allow.to_boolean());
    let number = match value.as_string() {
        Some(text) if text.to_std_string_lossy().trim().is_empty() => None,
        Some(_) => Some(value.to_number(context)?),
        None => value.as_number(),
    };
    if let Some(number) = number
        && number.fract() == 0.0
        && (0.0..=65535.0).contains(&number)
        && (number != 0.0 || allow_zero)
    {
        return Ok((number as i32).into());
    }
    let name = match args.get(1) {
        Some(name) if !name.is_undefined() => name.clone(),
        _ => js_string!("Port").into(),
    };
    Err(node_error(
        "ERR_SOCKET_BAD_PORT",
        &[name, value.clone(), allow_zero.into()],
        context,
    ))
}

/// Whether it is a finite number; `undefined` and `NaN` are not, and no error.
fn finite(args: &[JsValue], context: &mut Context) -> JsResult<bool> {
    let value = args.get_or_undefined(0);
    match value.as_number() {
        Some(number) if number.is_finite() => Ok(true),
        Some(number) if number.is_nan() => Ok(false),
        Some(_) => outside(args, "a finite number", context).map(|_| false),
        None if value.is_undefined() => Ok(false),
        None => wrong_type(args, &["number"], context).map(|_| false),
    }
}

pub fn validate_finite_number(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    finite(args, context).map(JsValue::from)
}

pub fn check_ranges_or_get_default(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> Outcome {
    if !finite(args, context)? {
        return Ok(args.get_or_undefined(4).clone());
    }
    let number = args.get_or_undefined(0).as_number().unwrap_or_default();
    let (lower, upper) = (
        bound(args, 2, f64::NEG_INFINITY),
        bound(args, 3, f64::INFINITY),
    );
    if number < lower || number > upper {
        let range = format!(
            ">= {} and <= {}",
            describe::number_text(lower),
            describe::number_text(upper)
        );
        return outside(args, &range, context);
    }
    Ok(args.get_or_undefined(0).clone())
}
