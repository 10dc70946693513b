//! `Date` reads what people write: the engine knows the formats of the standard, what it doesn't know is given to a reader
//! of the forms that V8 knows besides (`legacy_date.rs`).

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, NativeFunction, js_string,
    object::{FunctionObjectBuilder, builtins::JsDate},
    property::PropertyDescriptor,
};

use super::{
    super::native::{self, METHOD},
    legacy_date::{self, Fields, Zone},
    zone_names,
};

/// Puts a constructor in the place of the global `Date` that reads more.
pub fn install(context: &mut Context) -> JsResult<()> {
    let original = context.intrinsics().constructors().date().constructor();
    let prototype = context.intrinsics().constructors().date().prototype();
    let engines_parse = original.get(js_string!("parse"), context)?;
    let Some(engines_parse) = engines_parse.as_callable() else {
        return Ok(());
    };

    name_zones(&prototype, context)?;

    let parse = NativeFunction::from_copy_closure_with_captures(
        |_, args, (date, parse): &(JsObject, JsObject), context| {
            let text = args.get_or_undefined(0).to_string(context)?;
            read(&text, date, parse, context).map(JsValue::from)
        },
        (original.clone(), engines_parse.clone()),
    );
    let parse = FunctionObjectBuilder::new(context.realm(), parse)
        .name(js_string!("parse"))
        .length(1)
        .build();

    let construct = NativeFunction::from_copy_closure_with_captures(
        |new_target, args, (date, parse): &(JsObject, JsObject), context| {
            let Some(target) = new_target.as_object() else {
                let text = date.call(&JsValue::undefined(), args, context)?;
                let now = date.construct(&[], None, context)?;
                return with_zone_name(text, &now.into(), context);
            };
            // An object that becomes a string is read by the engine alone.
            if let [value] = args
                && let Some(text) = value.as_string()
            {
                let time = read(&text, date, parse, context)?;
                let made = date.construct(&[time.into()], Some(&target), context)?;
                return Ok(made.into());
            }
            date.construct(args, Some(&target), context)
                .map(JsValue::from)
        },
        (original.clone(), engines_parse),
    );
    let constructor = FunctionObjectBuilder::new(context.realm(), construct)
        .name(js_string!("Date"))
        .length(7)
        .constructor(true)
        .build();

    for name in ["now", "UTC"] {
        let name = JsString::from(name);
        let value = original.get(name.clone(), context)?;
        constructor.insert_property(name, native::property(value, METHOD));
    }
    constructor.insert_property(js_string!("parse"), native::property(parse, METHOD));
    let fixed = PropertyDescriptor::builder()
        .value(prototype.clone())
        .writable(false)
        .enumerable(false)
        .configurable(false);
    constructor.insert_property(js_string!("prototype"), fixed.build());
    prototype.insert_property(
        js_string!("constructor"),
        native::property(constructor.clone(), METHOD),
    );
    context
        .global_object()
        .insert_property(js_string!("Date"), native::property(constructor, METHOD));
    Ok(())
}

/// `toString` and `toTimeString` end with the name of the zone, which the engine leaves out.
fn name_zones(prototype: &JsObject, context: &mut Context) -> JsResult<()> {
    for name in ["toString", "toTimeString"] {
        let name = JsString::from(name);
        let Some(engines) = prototype.get(name.clone(), context)?.as_callable() else {
            continue;
        };
        let with_zone = NativeFunction::from_copy_closure_with_captures(
            |this, args, engines: &JsObject, context| {
                let text = engines.call(this, args, context)?;
                with_zone_name(text, this, context)
            },
            engines,
        );
        let with_zone = FunctionObjectBuilder::new(context.realm(), with_zone)
            .name(name.clone())
            .length(0)
            .build();
        prototype.insert_property(name, native::property(with_zone, METHOD));
    }
    Ok(())
}

fn with_zone_name(text: JsValue, date: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let Some(date) = date
        .as_object()
        .and_then(|date| JsDate::from_object(date).ok())
    else {
        return Ok(text);
    };
    let time = date.value_of(context)?.to_number(context)?;
    if time.is_nan() {
        return Ok(text);
    }
    let (offset, abbreviation) = crate::sys::local_zone((time / 1000.0).floor() as i64);
    let zone = zone_names::name_of(&abbreviation, offset);
    let text = text.to_string(context)?;
    Ok(js_string!(&text, &JsString::from(format!(" ({zone})"))).into())
}

/// Milliseconds since 1970, or NaN.
fn read(
    text: &JsString,
    date: &JsObject,
    parse: &JsObject,
    context: &mut Context,
) -> JsResult<f64> {
    let known = parse.call(&JsValue::undefined(), &[text.clone().into()], context)?;
    if let Some(time) = known.as_number().filter(|time| !time.is_nan()) {
        return Ok(time);
    }
    match legacy_date::read(&text.to_std_string_lossy()) {
        Some((fields, zone)) => time_of(&fields, zone, date, context),
        None => Ok(f64::NAN),
    }
}

fn time_of(fields: &Fields, zone: Zone, date: &JsObject, context: &mut Context) -> JsResult<f64> {
    match zone {
        Zone::Offset(seconds) => Ok(fields.as_utc() - f64::from(seconds) * 1000.0),
        Zone::Local => {
            // The engine knows the offset of local time. Its constructor takes years below 100 for those of the last
            // century: those come in as the same day of a later cycle of the calendar.
            let cycles = if (0..100).contains(&fields.year) {
                1
            } else {
                0
            };
            let arguments = [
                fields.year + 400 * cycles,
                fields.month - 1,
                fields.day,
                fields.hour,
                fields.minute,
                fields.second,
                fields.millisecond,
            ];
            let made = date.construct(&arguments.map(JsValue::from), None, context)?;
            let time = JsDate::from_object(made)?.value_of(context)?;
            const CYCLE: f64 = 146_097.0 * 86_400_000.0;
            Ok(time.to_number(context)? - f64::from(cycles) * CYCLE)
        }
    }
}
