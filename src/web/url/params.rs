//! `URLSearchParams` and its iterators.

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue,
    Trace, js_string,
    native_function::NativeFunctionPointer,
    object::builtins::JsArray,
    property::{Attribute, PropertyKey},
};

use super::{
    Class, form, inspect_by, inspect_function, prototype_for, renew_query, seal_prototype, usv,
};
use crate::{
    engine::native::{METHOD, Natives, constructor, function},
    node::{
        arguments::{inspect_symbol, missing},
        errors,
    },
    runtime::State,
};

type Pairs = Vec<(String, String)>;

/// The state of a `URLSearchParams`.
#[derive(Trace, Finalize, JsData)]
pub(super) struct Params {
    #[unsafe_ignore_trace]
    pairs: Pairs,
    /// The `URL` whose query it is.
    owner: Option<JsObject>,
}

#[derive(Clone, Copy)]
enum Kind {
    Entries,
    Keys,
    Values,
}

#[derive(Trace, Finalize, JsData)]
struct ParamsIterator {
    params: JsObject,
    #[unsafe_ignore_trace]
    kind: Kind,
    next: usize,
}

pub(super) fn class(context: &mut Context) -> JsResult<Class> {
    let state = State::of(context);
    if let Some(class) = &*state.urls.params.borrow() {
        return Ok(class.clone());
    }
    let constructor = constructor(context, "URLSearchParams", 0, construct);
    let prototype = JsObject::with_object_proto(context.intrinsics());
    let methods: [(&str, usize, NativeFunctionPointer); 11] = [
        ("append", 2, append),
        ("delete", 1, delete),
        ("get", 1, get),
        ("getAll", 1, get_all),
        ("has", 1, has),
        ("set", 2, set),
        ("sort", 0, sort),
        ("forEach", 1, for_each),
        ("keys", 0, keys),
        ("values", 0, values),
        ("toString", 0, to_string),
    ];
    let entries = function(context, "entries", 0, entries);
    let inspect = inspect_function(inspect_params, context);
    let symbol = inspect_symbol(context)?;
    let mut natives = Natives::on(prototype.clone(), context)
        .value("constructor", constructor.clone())
        .attributes(Attribute::all())
        .accessor("size", get_size, None);
    for (name, length, native) in methods {
        if name == "forEach" {
            natives = natives.value("entries", entries.clone());
        }
        natives = natives.function(name, length, native);
    }
    natives
        .attributes(METHOD)
        .keyed(symbol, inspect)
        .keyed(JsSymbol::iterator(), entries)
        .attributes(Attribute::CONFIGURABLE)
        .keyed(JsSymbol::to_string_tag(), js_string!("URLSearchParams"))
        .build();
    seal_prototype(&constructor, &prototype);
    let class = Class {
        constructor,
        prototype,
    };
    *state.urls.params.borrow_mut() = Some(class.clone());
    Ok(class)
}

pub(super) fn make(
    pairs: Pairs,
    owner: Option<JsObject>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let class = class(context)?;
    Ok(JsObject::new(
        context.root_shape(),
        class.prototype,
        Params { pairs, owner },
    )
    .upcast())
}

pub(super) fn replace(params: &JsObject, pairs: Pairs) {
    if let Some(mut data) = params.downcast_mut::<Params>() {
        data.pairs = pairs;
    }
}

fn construct(new_target: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = prototype_for(new_target, "URLSearchParams", context)?;
    let init = args.get_or_undefined(0);
    let pairs = match init.as_object() {
        Some(object) => pairs_of_object(&object, context)?,
        None if init.is_null_or_undefined() => Pairs::new(),
        None => {
            let text = usv(init, context)?;
            form::parse(text.strip_prefix('?').unwrap_or(&text))
        }
    };
    let prototype = match prototype {
        Some(prototype) => prototype,
        None => class(context)?.prototype,
    };
    Ok(JsObject::new(
        context.root_shape(),
        prototype,
        Params { pairs, owner: None },
    )
    .upcast()
    .into())
}

fn pairs_of_object(object: &JsObject, context: &mut Context) -> JsResult<Pairs> {
    let method = object.get(JsSymbol::iterator(), context)?;
    if method.is_null_or_undefined() {
        return pairs_of_record(object, context);
    }
    let Some(method) = method.as_callable() else {
        return Err(errors::node_error_with(
            "ERR_ARG_NOT_ITERABLE",
            &[js_string!("Query pairs").into()],
            context,
        ));
    };
    if let Some(params) = object.downcast_ref::<Params>()
        && class_iterates(&method, context)
    {
        return Ok(params.pairs.clone());
    }
    let mut pairs = Pairs::new();
    for entry in list(&method, object, context)? {
        let tuple = entry.as_object();
        let method = match &tuple {
            Some(tuple) => tuple.get(JsSymbol::iterator(), context)?.as_callable(),
            None => None,
        };
        let (Some(tuple), Some(method)) = (tuple, method) else {
            return Err(not_a_tuple(context));
        };
        match list(&method, &tuple, context)?.as_slice() {
            [name, value] => pairs.push((usv(name, context)?, usv(value, context)?)),
            _ => return Err(not_a_tuple(context)),
        }
    }
    Ok(pairs)
}

/// Whether an iterator method is the class's own, so that the pairs can be copied.
fn class_iterates(method: &JsObject, context: &mut Context) -> bool {
    State::of(context)
        .urls
        .params
        .borrow()
        .as_ref()
        .is_some_and(|class| {
            let own = class
                .prototype
                .borrow()
                .properties()
                .get(&PropertyKey::from(js_string!("entries")));
            own.and_then(|own| own.value().and_then(JsValue::as_object))
                .is_some_and(|own| JsObject::equals(&own, method))
        })
}

fn not_a_tuple(context: &mut Context) -> JsError {
    let args = [
        js_string!("Each query pair").into(),
        js_string!("[name, value]").into(),
    ];
    errors::node_error_with("ERR_INVALID_TUPLE", &args, context)
}

/// What an iterable gives, by the protocol.
fn list(method: &JsObject, iterable: &JsObject, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let iterator = method.call(&iterable.clone().into(), &[], context)?;
    let Some(iterator) = iterator.as_object() else {
        return Err(errors::type_error(
            "Result of the Symbol.iterator method is not an object",
            context,
        ));
    };
    let next = iterator.get(js_string!("next"), context)?;
    let Some(next) = next.as_callable() else {
        return Err(errors::type_error(
            "iterator.next is not a function",
            context,
        ));
    };
    let mut items = Vec::new();
    loop {
        let result = next.call(&iterator.clone().into(), &[], context)?;
        let Some(result) = result.as_object() else {
            return Err(errors::type_error(
                "Iterator result is not an object",
                context,
            ));
        };
        if result.get(js_string!("done"), context)?.to_boolean() {
            return Ok(items);
        }
        items.push(result.get(js_string!("value"), context)?);
    }
}

fn pairs_of_record(object: &JsObject, context: &mut Context) -> JsResult<Pairs> {
    let mut pairs = Pairs::new();
    for key in object.own_property_keys(context)? {
        let enumerable = object
            .borrow()
            .properties()
            .get(&key)
            .and_then(|found| found.enumerable());
        if enumerable == Some(false) {
            continue;
        }
        let name = match &key {
            PropertyKey::String(name) => name.to_std_string_lossy(),
            PropertyKey::Index(index) => index.get().to_string(),
            PropertyKey::Symbol(_) => {
                return Err(errors::type_error(
                    "Cannot convert a Symbol value to a string",
                    context,
                ));
            }
        };
        let value = object.get(key, context)?;
        let value = usv(&value, context)?;
        // Names that differ only in lone surrogates become one.
        match pairs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => pairs.push((name, value)),
        }
    }
    Ok(pairs)
}

fn wrong_receiver(name: &str, context: &mut Context) -> JsError {
    errors::node_error_with("ERR_INVALID_THIS", &[JsString::from(name).into()], context)
}

/// The object, if it is one of the class.
fn receiver(this: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    match this.as_object().filter(|object| object.is::<Params>()) {
        Some(object) => Ok(object),
        None => Err(wrong_receiver("URLSearchParams", context)),
    }
}

fn read<T>(params: &JsObject, read: impl FnOnce(&Pairs) -> T) -> Option<T> {
    params
        .downcast_ref::<Params>()
        .map(|data| read(&data.pairs))
}

/// Changes the pairs, and with them the query of the URL.
fn change(params: &JsObject, change: impl FnOnce(&mut Pairs)) {
    let owner = params.downcast_mut::<Params>().and_then(|mut data| {
        change(&mut data.pairs);
        let owner = data.owner.clone()?;
        Some((owner, form::serialize(&data.pairs)))
    });
    if let Some((owner, query)) = owner {
        renew_query(&owner, &query);
    }
}

fn name_argument(args: &[JsValue], context: &mut Context) -> JsResult<String> {
    match args.first() {
        Some(name) => usv(name, context),
        None => Err(missing(&["name"], context)),
    }
}

fn name_and_value(args: &[JsValue], context: &mut Context) -> JsResult<(String, String)> {
    match args {
        [name, value, ..] => Ok((usv(name, context)?, usv(value, context)?)),
        _ => Err(missing(&["name", "value"], context)),
    }
}

fn value_argument(args: &[JsValue], context: &mut Context) -> JsResult<Option<String>> {
    match args.get_or_undefined(1) {
        value if value.is_undefined() => Ok(None),
        value => usv(value, context).map(Some),
    }
}

fn get_size(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    Ok(JsValue::from(read(&params, Vec::len).unwrap_or(0) as f64))
}

fn append(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    let pair = name_and_value(args, context)?;
    change(&params, |pairs| pairs.push(pair));
    Ok(JsValue::undefined())
}

fn delete(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    let name = name_argument(args, context)?;
    let value = value_argument(args, context)?;
    change(&params, |pairs| {
        pairs.retain(|(known, held)| {
            *known != name || value.as_ref().is_some_and(|value| value != held)
        });
    });
    Ok(JsValue::undefined())
}

fn get(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    let name = name_argument(args, context)?;
    let found = read(&params, |pairs| {
        pairs
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| JsString::from(value.as_str()))
    });
    Ok(found.flatten().map_or_else(JsValue::null, JsValue::from))
}

fn get_all(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    let name = name_argument(args, context)?;
    let found = read(&params, |pairs| {
        let same = pairs.iter().filter(|(known, _)| *known == name);
        same.map(|(_, value)| JsValue::from(JsString::from(value.as_str())))
            .collect::<Vec<_>>()
    });
    Ok(JsArray::from_iter(found.unwrap_or_default(), context).into())
}

fn has(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    let name = name_argument(args, context)?;
    let value = value_argument(args, context)?;
    let found = read(&params, |pairs| {
        pairs
            .iter()
            .any(|(known, held)| *known == name && value.as_ref().is_none_or(|value| value == held))
    });
    Ok(found.unwrap_or(false).into())
}

fn set(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    let (name, value) = name_and_value(args, context)?;
    change(&params, |pairs| {
        match pairs.iter().position(|(known, _)| *known == name) {
            Some(first) => {
                pairs[first].1 = value;
                let mut at = 0;
                pairs.retain(|(known, _)| {
                    at += 1;
                    at - 1 <= first || *known != name
                });
            }
            None => pairs.push((name, value)),
        }
    });
    Ok(JsValue::undefined())
}

fn sort(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    // By UTF-16 units, which is not the order of UTF-8 above the basic plane.
    change(&params, |pairs| {
        pairs.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()))
    });
    Ok(JsValue::undefined())
}

fn to_string(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    let query = read(&params, |pairs| form::serialize(pairs));
    Ok(JsString::from(query.unwrap_or_default()).into())
}

fn for_each(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    let Some(callback) = args.get_or_undefined(0).as_callable() else {
        return Err(errors::invalid_callback(args.get_or_undefined(0), context));
    };
    let mut at = 0;
    while let Some((name, value)) = read(&params, |pairs| pairs.get(at).cloned()).flatten() {
        let args_ = [
            JsString::from(value).into(),
            JsString::from(name).into(),
            this.clone(),
        ];
        callback.call(args.get_or_undefined(1), &args_, context)?;
        at += 1;
    }
    Ok(JsValue::undefined())
}

fn inspect_params(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    receiver(this, context)?;
    inspect_by(js_string!("params"), this, args, context)
}

fn entries(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    iterate(this, Kind::Entries, context)
}

fn keys(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    iterate(this, Kind::Keys, context)
}

fn values(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    iterate(this, Kind::Values, context)
}

fn iterate(this: &JsValue, kind: Kind, context: &mut Context) -> JsResult<JsValue> {
    let params = receiver(this, context)?;
    let state = State::of(context);
    let known = state.urls.iterator.borrow().clone();
    let prototype = match known {
        Some(prototype) => prototype,
        None => {
            let made = iterator_prototype(context)?;
            *state.urls.iterator.borrow_mut() = Some(made.clone());
            made
        }
    };
    let data = ParamsIterator {
        params,
        kind,
        next: 0,
    };
    Ok(JsObject::new(context.root_shape(), prototype, data)
        .upcast()
        .into())
}

fn iterator_prototype(context: &mut Context) -> JsResult<JsObject> {
    let base = context.intrinsics().constructors().iterator().prototype();
    let prototype = JsObject::with_object_proto(context.intrinsics());
    prototype.set_prototype(Some(base));
    let inspect = inspect_function(inspect_iterator, context);
    let symbol = inspect_symbol(context)?;
    Ok(Natives::on(prototype, context)
        .attributes(Attribute::all())
        .function("next", 0, next)
        .attributes(METHOD)
        .keyed(symbol, inspect)
        .attributes(Attribute::CONFIGURABLE)
        .keyed(
            JsSymbol::to_string_tag(),
            js_string!("URLSearchParams Iterator"),
        )
        .build())
}

fn item(pair: (String, String), kind: Kind, context: &mut Context) -> JsValue {
    let (name, value) = (JsString::from(pair.0), JsString::from(pair.1));
    match kind {
        Kind::Keys => name.into(),
        Kind::Values => value.into(),
        Kind::Entries => JsArray::from_iter([name.into(), value.into()], context).into(),
    }
}

fn next(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object();
    let state = object
        .as_ref()
        .and_then(|object| object.downcast_mut::<ParamsIterator>())
        .map(|mut state| {
            state.next += 1;
            (state.params.clone(), state.kind, state.next - 1)
        });
    let Some((params, kind, at)) = state else {
        return Err(wrong_receiver("URLSearchParamsIterator", context));
    };
    let pair = read(&params, |pairs| pairs.get(at).cloned()).flatten();
    let done = pair.is_none();
    let value = pair.map_or_else(JsValue::undefined, |pair| item(pair, kind, context));
    Ok(boa_engine::builtins::iterable::create_iter_result_object(
        value, done, context,
    ))
}

fn inspect_iterator(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object();
    let state = object.as_ref().and_then(|object| {
        object
            .downcast_ref::<ParamsIterator>()
            .map(|state| (state.params.clone(), state.kind, state.next))
    });
    let Some((params, kind, at)) = state else {
        return Err(wrong_receiver("URLSearchParamsIterator", context));
    };
    let rest: Vec<(String, String)> = read(&params, |pairs| {
        pairs.get(at..).unwrap_or_default().to_vec()
    })
    .unwrap_or_default();
    let items: Vec<JsValue> = rest
        .into_iter()
        .map(|pair| item(pair, kind, context))
        .collect();
    let items = JsArray::from_iter(items, context);
    inspect_by(js_string!("iterator"), &items.into(), args, context)
}
