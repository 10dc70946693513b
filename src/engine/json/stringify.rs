//! `JSON.stringify`. Plain objects and arrays are read without running script; everything else takes the general way.
//! Nothing is borrowed while script runs.

use boa_engine::{
    Context, JsArgs, JsBigInt, JsObject, JsResult, JsString, JsValue, JsVariant,
    builtins::{object::OrdinaryObject, proxy::Proxy},
    js_string,
    object::IndexPropertyValues,
    property::PropertyKey,
};

use super::{
    DEEPEST, RawJson,
    circular::Open,
    kept::Kept,
    objects::{self, dense_element, enumerable_keys, is_array},
    plan::{Plan, Plans},
    writer::Writer,
};
use crate::{node::errors, runtime::State};

pub(super) fn stringify_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = stringify(
        args.get_or_undefined(0),
        args.get_or_undefined(1),
        args.get_or_undefined(2),
        context,
    )?;
    Ok(text.map(JsValue::from).unwrap_or_default())
}

/// `JSON.stringify(value, replacer, space)`; `None` is undefined.
///
/// # Errors
/// What script throws on the way, and the `TypeError` of circular values and of BigInts.
pub fn stringify(
    value: &JsValue,
    replacer: &JsValue,
    space: &JsValue,
    context: &mut Context,
) -> JsResult<Option<JsString>> {
    let (function, keys) = replacement(replacer, context)?;
    let gap = gap(space, context)?;
    let state = State::of(context);
    let kept = state.slot::<Kept>();
    let mut stringifier = Stringifier {
        writer: Writer::in_place_of(kept.text.take()),
        open: Open::default(),
        replacer: function,
        keys,
        pretty: !gap.is_empty(),
        gap,
        plain: PlainChains::default(),
        plans: state.memory.plans.take(),
    };
    let key = PropertyKey::from(js_string!());
    let written = if stringifier.replacer.is_some() {
        let holder = crate::engine::native::new_object(context);
        holder.create_data_property_or_throw(key.clone(), value.clone(), context)?;
        stringifier.property(&key, value.clone(), Some(&holder), context)?
    } else {
        stringifier.property(&key, value.clone(), None, context)?
    };
    let (text, memory) = stringifier.writer.finish();
    kept.keep_text(memory);
    state.memory.plans.keep(stringifier.plans);
    Ok(written.then_some(text))
}

fn replacement(
    replacer: &JsValue,
    context: &mut Context,
) -> JsResult<(Option<JsObject>, Option<Vec<PropertyKey>>)> {
    let Some(object) = replacer.as_object() else {
        return Ok((None, None));
    };
    if object.is_callable() {
        return Ok((Some(object), None));
    }
    if !is_array(&object, context)? {
        return Ok((None, None));
    }
    let length = object
        .get(js_string!("length"), context)?
        .to_length(context)?;
    let mut keys: Vec<PropertyKey> = Vec::new();
    for index in 0..length {
        let entry = object.get(index, context)?;
        let boxed = entry
            .as_object()
            .is_some_and(|object| object.is::<f64>() || object.is::<JsString>());
        if entry.is_string() || entry.is_number() || boxed {
            let key = PropertyKey::from(entry.to_string(context)?);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    Ok((None, Some(keys)))
}

/// What one level is indented by: at most ten characters.
fn gap(space: &JsValue, context: &mut Context) -> JsResult<JsString> {
    const WIDEST: usize = 10;
    let boxed_number = space.as_object().is_some_and(|object| object.is::<f64>());
    let boxed_string = space
        .as_object()
        .is_some_and(|object| object.is::<JsString>());
    if space.is_number() || boxed_number {
        let width = space.to_number(context)?.clamp(0.0, WIDEST as f64) as usize;
        return Ok(JsString::from(" ".repeat(width)));
    }
    if space.is_string() || boxed_string {
        let text = space.to_string(context)?;
        let units: Vec<u16> = text.iter().take(WIDEST).collect();
        return Ok(super::parse::string_of(&units));
    }
    Ok(js_string!())
}

struct Stringifier {
    writer: Writer,
    open: Open,
    replacer: Option<JsObject>,
    keys: Option<Vec<PropertyKey>>,
    gap: JsString,
    pretty: bool,
    plain: PlainChains,
    plans: Plans,
}

/// Whether the prototypes of plain objects and arrays are known to have no `toJSON`. Forgotten whenever script ran.
#[derive(Default)]
struct PlainChains {
    known: Option<bool>,
}

impl Stringifier {
    /// Writes a value; `false` when it has no text. The holder is needed only for the replacer.
    fn property(
        &mut self,
        key: &PropertyKey,
        mut value: JsValue,
        holder: Option<&JsObject>,
        context: &mut Context,
    ) -> JsResult<bool> {
        if value.is_object() || value.is_bigint() {
            value = self.own_text(key, value, context)?;
        }
        if let (Some(replacer), Some(holder)) = (&self.replacer, holder) {
            let name = super::name_of(key);
            value = replacer.call(&holder.clone().into(), &[name, value], context)?;
            self.plain.known = None;
        }
        let object = match value.variant() {
            JsVariant::BigInt(_) => {
                return Err(errors::type_error(
                    "Do not know how to serialize a BigInt",
                    context,
                ));
            }
            JsVariant::Undefined | JsVariant::Symbol(_) => return Ok(false),
            JsVariant::Object(object) => object,
            primitive => {
                write_variant(&mut self.writer, &primitive, false);
                return Ok(true);
            }
        };
        if !object.is::<OrdinaryObject>() && !object.is_array() {
            if object.is_callable() && !object.is::<Proxy>() {
                return Ok(false);
            }
            if let Some(written) = self.boxed(&object, context)? {
                return Ok(written);
            }
            if object.is_callable() {
                return Ok(false);
            }
        }
        self.composite(key, &object, context)?;
        Ok(true)
    }

    /// The objects that stand for a primitive; `None` for others.
    fn boxed(&mut self, object: &JsObject, context: &mut Context) -> JsResult<Option<bool>> {
        let value = JsValue::from(object.clone());
        if object.is::<f64>() {
            self.plain.known = None;
            let number = value.to_number(context)?;
            self.writer.any_number(number);
        } else if object.is::<JsString>() {
            self.plain.known = None;
            let text = value.to_string(context)?;
            self.writer.quoted(&text);
        } else if let Some(flag) = object.downcast_ref::<bool>() {
            self.writer.ascii(if *flag { "true" } else { "false" });
        } else if object.is::<JsBigInt>() {
            return Err(errors::type_error(
                "Do not know how to serialize a BigInt",
                context,
            ));
        } else if object.is::<RawJson>() {
            let text = object
                .get(js_string!("rawJSON"), context)?
                .to_string(context)?;
            self.writer.raw(&text);
        } else {
            return Ok(None);
        }
        Ok(Some(true))
    }

    /// What `toJSON` makes of a value, if it has one.
    fn own_text(
        &mut self,
        key: &PropertyKey,
        value: JsValue,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        let name = js_string!("toJSON");
        let holder = match value.as_object() {
            Some(object) if self.lacks_to_json(&object, context) => return Ok(value),
            Some(object) => object,
            None => context.intrinsics().constructors().bigint().prototype(),
        };
        let method = if value.is_object() {
            holder.get(name, context)?
        } else {
            // Of a BigInt the getter, if it is one, sees the primitive.
            value.to_object(context)?.get(name, context)?
        };
        let Some(method) = method.as_callable() else {
            return Ok(value);
        };
        self.plain.known = None;
        method.call(&value, &[super::name_of(key)], context)
    }

    fn lacks_to_json(&mut self, object: &JsObject, context: &mut Context) -> bool {
        let constructors = context.intrinsics().constructors();
        let Some(prototype) = object.prototype() else {
            return object.is::<OrdinaryObject>() && objects::lacks_to_json(object);
        };
        let lacks_own = |plans: &Plans| match plans.known(object) {
            Some(plan) => !plan.has_to_json,
            None => objects::lacks_to_json(object),
        };
        let plain = JsObject::equals(&prototype, &constructors.object().prototype());
        let array = JsObject::equals(&prototype, &constructors.array().prototype());
        if !(plain && object.is::<OrdinaryObject>() || array && object.is_array())
            || !lacks_own(&self.plans)
        {
            return false;
        }
        *self.plain.known.get_or_insert_with(|| {
            let object = constructors.object().prototype();
            objects::lacks_to_json(&object)
                && objects::lacks_to_json(&constructors.array().prototype())
        })
    }

    fn composite(
        &mut self,
        key: &PropertyKey,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        if self.open.depth() >= DEEPEST {
            return Err(errors::range_error(
                "Maximum call stack size exceeded",
                context,
            ));
        }
        self.open.enter(key, object, context)?;
        if is_array(object, context)? {
            self.array(object, context)?;
        } else {
            self.object(object, context)?;
        }
        self.open.leave();
        Ok(())
    }

    fn array(&mut self, object: &JsObject, context: &mut Context) -> JsResult<()> {
        let length = objects::length_of(object, context)?;
        self.writer.byte(b'[');
        let mut index = 0;
        while index < length {
            if index > 0 {
                self.writer.byte(b',');
            }
            if self.replacer.is_none() && !self.pretty {
                let run = self.run_of_primitives(object, index, length);
                index += run;
                if index == length {
                    break;
                }
                if run > 0 {
                    self.writer.byte(b',');
                }
            }
            self.line();
            let key = PropertyKey::from(index);
            let value = match dense_element(object, index) {
                Some(value) => value,
                None => self.read(object, &key, context)?,
            };
            if !self.property(&key, value, Some(object), context)? {
                self.writer.ascii("null");
            }
            index += 1;
        }
        self.close(length > 0, b']');
        Ok(())
    }

    /// Writes the elements of an array from `index` on for as long as they are primitives, with commas between them.
    /// Returns how many.
    fn run_of_primitives(&mut self, array: &JsObject, index: u64, length: u64) -> u64 {
        if !array.is_array() {
            return 0;
        }
        let array = array.borrow();
        let (from, to) = (index as usize, length as usize);
        let run = match array.properties().index_property_values() {
            IndexPropertyValues::DenseI32(values) => self.run(
                part(values.as_slice(), from, to),
                |writer, number, comma| {
                    writer.comma(comma);
                    writer.integer(*number);
                    true
                },
            ),
            IndexPropertyValues::DenseF64(values) => self.run(
                part(values.as_slice(), from, to),
                |writer, number, comma| {
                    writer.comma(comma);
                    writer.any_number(*number);
                    true
                },
            ),
            IndexPropertyValues::DenseElement(values) => {
                self.run(part(values.as_slice(), from, to), write_primitive)
            }
            _ => 0,
        };
        run as u64
    }

    /// Writes values, each but the first after a comma, until `write` refuses one; returns how many it took.
    fn run<T>(&mut self, values: &[T], write: impl Fn(&mut Writer, &T, bool) -> bool) -> usize {
        let writer = &mut self.writer;
        let refused =
            (values.iter().enumerate()).position(|(index, value)| !write(writer, value, index > 0));
        refused.unwrap_or(values.len())
    }

    fn object(&mut self, object: &JsObject, context: &mut Context) -> JsResult<()> {
        let plan = match &self.keys {
            None => self.plans.of(object, context)?,
            Some(_) => None,
        };
        self.writer.byte(b'{');
        let any = match plan {
            Some(plan) => self.planned_members(object, &plan, context)?,
            None => self.members(object, context)?,
        };
        self.close(any, b'}');
        Ok(())
    }

    /// The members of an object whose keys are known; answers whether there are any.
    fn planned_members(
        &mut self,
        object: &JsObject,
        plan: &Plan,
        context: &mut Context,
    ) -> JsResult<bool> {
        let mut any = false;
        for (key, text) in &plan.keys {
            any |= self.member(object, key, text.as_deref(), any, context)?;
        }
        Ok(any)
    }

    fn members(&mut self, object: &JsObject, context: &mut Context) -> JsResult<bool> {
        let keys = match &self.keys {
            Some(keys) => keys.clone(),
            None => {
                if object.is::<Proxy>() {
                    self.plain.known = None;
                }
                enumerable_keys(object, context)?
            }
        };
        let mut any = false;
        for key in &keys {
            any |= self.member(object, key, None, any, context)?;
        }
        Ok(any)
    }

    /// One member, after a comma if it isn't the first; `false` when it has no text. `name` is the comma, the key in quotes, and a
    /// colon.
    fn member(
        &mut self,
        object: &JsObject,
        key: &PropertyKey,
        name: Option<&[u8]>,
        comma: bool,
        context: &mut Context,
    ) -> JsResult<bool> {
        let before = self.writer.len();
        let value = self.read(object, key, context)?;
        match name {
            Some(name) if !self.pretty => self.writer.latin1(&name[usize::from(!comma)..]),
            _ => self.name(key, comma),
        }
        let written = self.property(key, value, Some(object), context)?;
        if !written {
            self.writer.truncate(before);
        }
        Ok(written)
    }

    /// A key in quotes, after a comma if it isn't the first, and a colon.
    fn name(&mut self, key: &PropertyKey, comma: bool) {
        if comma {
            self.writer.byte(b',');
        }
        self.line();
        match key {
            PropertyKey::String(name) => self.writer.quoted(name),
            PropertyKey::Index(index) => {
                self.writer.byte(b'"');
                self.writer.number(f64::from(index.get()));
                self.writer.byte(b'"');
            }
            PropertyKey::Symbol(_) => {}
        }
        self.writer.ascii(if self.pretty { ": " } else { ":" });
    }

    /// A property as `[[Get]]` reads it; of plain objects and arrays without the detour.
    fn read(
        &mut self,
        object: &JsObject,
        key: &PropertyKey,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        if object.is::<OrdinaryObject>() || object.is_array() {
            let found = object.borrow().properties().get(key);
            if let Some(value) = found.as_ref().and_then(|found| found.value()) {
                return Ok(value.clone());
            }
        }
        self.plain.known = None;
        object.get(key.clone(), context)
    }

    /// A line break and the indentation of the level.
    fn line(&mut self) {
        if self.pretty {
            self.writer.byte(b'\n');
            for _ in 0..self.open.depth() {
                self.writer.raw(&self.gap);
            }
        }
    }

    fn close(&mut self, any: bool, bracket: u8) {
        if any && self.pretty {
            self.writer.byte(b'\n');
            for _ in 1..self.open.depth() {
                self.writer.raw(&self.gap);
            }
        }
        self.writer.byte(bracket);
    }
}

/// What there is of a range.
fn part<T>(values: &[T], from: usize, to: usize) -> &[T] {
    let to = to.min(values.len());
    &values[from.min(to)..to]
}

/// Writes an element that needs no script, behind a comma if asked; nothing, and `false`, for objects and BigInts.
#[inline(always)]
fn write_primitive(writer: &mut Writer, value: &JsValue, comma: bool) -> bool {
    write_variant(writer, &value.variant(), comma)
}

#[inline(always)]
fn write_variant(writer: &mut Writer, value: &JsVariant, comma: bool) -> bool {
    if let JsVariant::String(text) = value {
        writer.quoted_element(text, comma);
        return true;
    }
    if matches!(value, JsVariant::Object(_) | JsVariant::BigInt(_)) {
        return false;
    }
    writer.comma(comma);
    match value {
        JsVariant::Integer32(number) => writer.integer(*number),
        JsVariant::Float64(number) => writer.any_number(*number),
        JsVariant::Boolean(flag) => writer.ascii(if *flag { "true" } else { "false" }),
        _ => writer.ascii("null"),
    }
    true
}
