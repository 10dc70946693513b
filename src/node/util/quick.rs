//! `util.inspect` of what is plain all the way down: primitives, objects, arrays, functions, maps, sets and dates that no
//! script has a say in. `inspect.js` asks here first, for a whole value or for a part of one, and writes by itself what
//! this declines: getters that are called, proxies, classes, errors, custom inspection, circles, colours.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, JsVariant,
    builtins::{
        date::Date, map::ordered_map::OrderedMap, proxy::Proxy, set::ordered_set::OrderedSet,
    },
    js_string,
    module::ModuleNamespace,
    object::builtins::JsDate,
    property::{PropertyDescriptor, PropertyKey},
};

use super::{
    kinds,
    layout::{Layout, Text},
    text::quote_units,
};
use crate::engine::{json::parse::string_of, lookup::own_named};

/// Deeper values are left to script, which knows where Node's stack would be full.
const DEEPEST: usize = 200;
/// So are texts longer than this, where script counts how much objects repeat.
const LONGEST: usize = 1 << 20;

/// `quickly(value, settings, level, custom)`: the text, or `undefined` where script has to look. `settings` are the options
/// by default, or the state of an inspection under way; `custom` is `util.inspect.custom`.
pub(super) fn quickly(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let [value, settings, level, custom] = args else {
        return Ok(JsValue::undefined());
    };
    let (Some(settings), Some(custom)) = (settings.as_object(), custom.as_symbol()) else {
        return Ok(JsValue::undefined());
    };
    let level = level.as_number().unwrap_or_default() as usize;
    let Some(mut quick) = Quick::new(&settings, custom, context) else {
        return Ok(JsValue::undefined());
    };
    let Some(text) = quick.value(value, level) else {
        return Ok(JsValue::undefined());
    };
    if let Some(depth) = quick.layout.deepest
        && own_named(&settings, js_string!("depthNow")).is_some()
    {
        settings.set(js_string!("depthNow"), depth, false, context)?;
    }
    Ok(string_of(&text).into())
}

struct Quick<'a> {
    context: &'a mut Context,
    custom: PropertyKey,
    layout: Layout,
    /// Levels that are shown; `None` for all.
    depth: Option<f64>,
    max_string: f64,
    open: Vec<JsObject>,
    classes: Vec<(JsObject, Class)>,
    written: usize,
}

/// What the prototype of an object says of it.
#[derive(Clone)]
struct Class {
    /// `None` without a prototype.
    name: Option<JsString>,
    iterates: bool,
}

/// A literal: `base open entries close`.
struct Literal {
    base: Text,
    open: Text,
    close: &'static str,
    named: Vec<(PropertyKey, PropertyDescriptor)>,
}

impl<'a> Quick<'a> {
    fn new(settings: &JsObject, custom: JsSymbol, context: &'a mut Context) -> Option<Self> {
        let read = |name: JsString| own_named(settings, name);
        let flag = |name: JsString| Some(read(name)?.to_boolean());
        for unusual in [
            js_string!("showHidden"),
            js_string!("colors"),
            js_string!("sorted"),
            js_string!("getters"),
            js_string!("numericSeparator"),
        ] {
            if flag(unusual)? {
                return None;
            }
        }
        if !flag(js_string!("customInspect"))? {
            return None;
        }
        let number = |name: JsString| match read(name)? {
            value if value.is_null() => Some(f64::INFINITY),
            value => value.as_number(),
        };
        let compact = read(js_string!("compact"))?
            .as_number()
            .filter(|compact| *compact >= 1.0)?;
        let depth = read(js_string!("depth"))?;
        let depth = if depth.is_null() {
            None
        } else {
            Some(depth.as_number()?)
        };
        let count = |name: JsString| {
            read(name)
                .and_then(|value| value.as_number())
                .unwrap_or_default() as usize
        };
        let open = match read(js_string!("open")) {
            None => Vec::new(),
            Some(open) => {
                let open = open.as_object()?;
                let open = open.borrow();
                let open = open.properties().index_property_values();
                open.filter_map(|found| found.value()?.as_object())
                    .collect()
            }
        };
        Some(Self {
            layout: Layout {
                indent: count(js_string!("indent")),
                depth_now: count(js_string!("depthNow")),
                deepest: None,
                break_length: number(js_string!("breakLength"))?,
                compact,
                max_array: number(js_string!("maxArrayLength"))?.max(0.0),
            },
            depth,
            max_string: number(js_string!("maxStringLength"))?,
            custom: custom.into(),
            open,
            classes: Vec::new(),
            written: 0,
            context,
        })
    }

    fn value(&mut self, value: &JsValue, level: usize) -> Option<Text> {
        let text = match value.variant() {
            JsVariant::Object(object) => return self.object(&object, level),
            JsVariant::String(text) => self.string(&text),
            JsVariant::Integer32(number) => ascii(itoa::Buffer::new().format(number)),
            JsVariant::Float64(number) if number == 0.0 && number.is_sign_negative() => ascii("-0"),
            JsVariant::Float64(number) => ascii(ryu_js::Buffer::new().format(number)),
            JsVariant::Boolean(true) => ascii("true"),
            JsVariant::Boolean(false) => ascii("false"),
            JsVariant::Null => ascii("null"),
            JsVariant::Undefined => ascii("undefined"),
            JsVariant::BigInt(big) => ascii(&format!("{big}n")),
            JsVariant::Symbol(symbol) => symbol.descriptive_string().to_vec(),
        };
        Some(text)
    }

    fn string(&self, text: &JsString) -> Text {
        let mut units = text.to_vec();
        let mut tail = String::new();
        if units.len() as f64 > self.max_string {
            let shown = self.max_string.max(0.0) as usize;
            let left = units.len() - shown;
            units.truncate(shown);
            tail = format!("... {left} more character{}", plural(left));
        }
        let newline = u16::from(b'\n');
        let room = self.layout.break_length - self.layout.indent as f64 - 4.0;
        let mut out = if units.len() > 16 && units.len() as f64 > room && units.contains(&newline) {
            // A long text is written line by line, joined by `+`.
            let mut out = Text::new();
            for line in units.split_inclusive(|unit| *unit == newline) {
                if !out.is_empty() {
                    push(&mut out, " +\n");
                    out.resize(out.len() + self.layout.indent + 2, u16::from(b' '));
                }
                out.extend(quote_units(line.iter().copied(), line.len()));
            }
            out
        } else {
            quote_units(units.iter().copied(), units.len())
        };
        push(&mut out, &tail);
        out
    }

    fn object(&mut self, object: &JsObject, level: usize) -> Option<Text> {
        let circular = (self.open.iter()).any(|open| JsObject::equals(open, object));
        if circular || self.open.len() > DEEPEST || object.is::<Proxy>() {
            return None;
        }
        let class = self.class(object)?;
        let mut literal = Literal {
            base: Text::new(),
            open: Text::new(),
            close: "}",
            named: Vec::new(),
        };
        let mut title = "Object";
        if object.is_ordinary() {
            literal.named = self.named(object)?;
            literal.open = match &class.name {
                Some(name) if *name == js_string!("Object") => ascii("{"),
                name => prefix(name.as_ref(), "Object", None, "{"),
            };
            if literal.named.is_empty() {
                return closed(literal);
            }
        } else if object.is_array() {
            title = "Array";
            self.iterable(&class)?;
            let length = self.length(object)?;
            literal.named = self.unindexed(object)?;
            literal.close = "]";
            literal.open = match &class.name {
                Some(name) if *name == js_string!("Array") => ascii("["),
                name => prefix(name.as_ref(), "Array", Some(length), "["),
            };
            if length == 0 && literal.named.is_empty() {
                return closed(literal);
            }
        } else if let Some(size) = collection_size(object) {
            self.iterable(&class)?;
            let fallback = if object.is::<OrderedSet>() {
                "Set"
            } else {
                "Map"
            };
            literal.named = self.named(object)?;
            literal.open = prefix(class.name.as_ref(), fallback, Some(size), "{");
            if size == 0 && literal.named.is_empty() {
                return closed(literal);
            }
        } else {
            literal.named = self.named(object)?;
            literal.base = self.base(object, &class)?;
            literal.open = ascii("{");
            if literal.named.is_empty() {
                return Some(literal.base);
            }
        }
        if self.depth.is_some_and(|depth| level as f64 > depth) {
            let mut text = prefix(class.name.as_ref(), title, None, "");
            text.pop();
            if class.name.is_some() {
                text.insert(0, u16::from(b'['));
                push(&mut text, "]");
            }
            return Some(text);
        }
        self.filled(object, literal, level + 1)
    }

    /// The literal with what is in it.
    fn filled(&mut self, object: &JsObject, literal: Literal, level: usize) -> Option<Text> {
        self.open.push(object.clone());
        self.layout.enter(level);
        let mut entries = if object.is_array() {
            self.elements(object, level)?
        } else {
            self.members(object, level)?
        };
        for (key, found) in &literal.named {
            entries.push(self.property(key, found, level)?);
        }
        self.open.pop();
        let list = object.is_array().then_some(object);
        let text = self.layout.lay_out(
            entries,
            &literal.base,
            &literal.open,
            literal.close,
            list,
            level,
        );
        self.written += text.len();
        (self.written <= LONGEST).then_some(text)
    }

    fn class(&mut self, object: &JsObject) -> Option<Class> {
        {
            let object = object.borrow();
            let own = object.properties();
            if own.contains_key(&js_string!("constructor").into())
                || own.contains_key(&JsSymbol::to_string_tag().into())
                || own.contains_key(&self.custom)
            {
                return None;
            }
        }
        let Some(prototype) = object.prototype() else {
            return Some(Class {
                name: None,
                iterates: false,
            });
        };
        let known = (self.classes.iter()).find(|(known, _)| JsObject::equals(known, &prototype));
        if let Some((_, class)) = known {
            return Some(class.clone());
        }
        let class = self.class_by(object, &prototype)?;
        self.classes.push((prototype, class.clone()));
        Some(class)
    }

    /// What a chain of prototypes says, unless that takes a closer look.
    fn class_by(&self, object: &JsObject, prototype: &JsObject) -> Option<Class> {
        let name = kinds::plain_class_name(object)?.as_string()?;
        let error = self.context.intrinsics().constructors().error().prototype();
        let mut iterates = false;
        let mut tag = None;
        let mut next = Some(prototype.clone());
        while let Some(at) = next {
            if JsObject::equals(&at, &error) || at.is::<Proxy>() || at.is::<ModuleNamespace>() {
                return None;
            }
            let borrowed = at.borrow();
            let own = borrowed.properties();
            if own.contains_key(&self.custom) {
                return None;
            }
            iterates |= own.contains_key(&JsSymbol::iterator().into());
            if tag.is_none()
                && let Some(found) = own.get(&JsSymbol::to_string_tag().into())
            {
                tag = Some(found.value()?.clone());
            }
            next = at.prototype();
        }
        // A tag that the name ends with says nothing new.
        let tag = tag.and_then(|tag| tag.as_string()).unwrap_or_default();
        let at = name.index_of(tag.as_str(), 0)?;
        (at + tag.len() == name.len() || tag.is_empty()).then_some(Class {
            name: Some(name),
            iterates,
        })
    }

    /// A list that can't be iterated is shown as an object, by script.
    fn iterable(&self, class: &Class) -> Option<()> {
        (class.iterates || class.name.is_none()).then_some(())
    }

    /// The text before the literal, which is the whole text of what has no properties.
    fn base(&mut self, object: &JsObject, class: &Class) -> Option<Text> {
        if object.is::<Date>() {
            let date = JsDate::from_object(object.clone()).ok()?;
            let named = class.name.as_ref()? == &js_string!("Date");
            let is_valid = date.get_time(self.context).ok()?.as_number()?.is_finite();
            let text = date.to_iso_string(self.context);
            let text = (named && is_valid).then_some(text)?.ok()?.as_string()?;
            return Some(text.to_vec());
        }
        if !object.is_callable() {
            return None;
        }
        let sort = match kinds::sort_of_function(object, self.context) {
            0 => "Function",
            1 => "AsyncFunction",
            2 => "GeneratorFunction",
            3 => "AsyncGeneratorFunction",
            _ => return None,
        };
        let name = own_named(object, js_string!("name"))?.as_string()?;
        let class = class.name.as_ref()?;
        let mut text = ascii("[");
        push(&mut text, sort);
        if name.is_empty() {
            push(&mut text, " (anonymous)");
        } else {
            push(&mut text, ": ");
            text.extend(name.iter());
        }
        push(&mut text, "]");
        if !class.iter().eq(sort.bytes().map(u16::from)) {
            push(&mut text, " ");
            text.extend(class.iter());
        }
        Some(text)
    }

    /// Own enumerable properties; symbols take a closer look.
    fn named(&mut self, object: &JsObject) -> Option<Vec<(PropertyKey, PropertyDescriptor)>> {
        let keys = object.own_property_keys(self.context).ok()?;
        enumerable(object, keys)
    }

    /// The same without the elements of an array.
    fn unindexed(&self, object: &JsObject) -> Option<Vec<(PropertyKey, PropertyDescriptor)>> {
        let keys = object.borrow().shape().keys();
        enumerable(object, keys)
    }

    fn length(&self, array: &JsObject) -> Option<usize> {
        let length = own_named(array, js_string!("length"))?;
        Some(length.as_number()? as usize)
    }

    fn shown(&self, length: usize) -> usize {
        (length as f64).min(self.layout.max_array) as usize
    }

    fn elements(&mut self, array: &JsObject, level: usize) -> Option<Vec<Text>> {
        let length = self.length(array)?;
        let shown = self.shown(length);
        let mut entries = Vec::with_capacity(shown);
        for index in 0..shown {
            // A gap takes a closer look.
            let found = array.borrow().properties().get(&index.into())?;
            entries.push(self.property_value(&found, level)?);
        }
        entries.extend(more(length - shown));
        Some(entries)
    }

    /// What is in a set or map.
    fn members(&mut self, object: &JsObject, level: usize) -> Option<Vec<Text>> {
        let mut members: Vec<(JsValue, Option<JsValue>)> = Vec::new();
        if let Some(set) = object.downcast_ref::<OrderedSet>() {
            members.extend(set.iter().map(|value| (value.clone(), None)));
        } else if let Some(map) = object.downcast_ref::<OrderedMap<JsValue>>() {
            let pairs = map.iter();
            members.extend(pairs.map(|(key, value)| (key.clone(), Some(value.clone()))));
        }
        let shown = self.shown(members.len());
        let mut entries = Vec::with_capacity(shown);
        self.layout.indent += 2;
        for (key, value) in &members[..shown] {
            let mut text = self.value(key, level)?;
            if let Some(value) = value {
                push(&mut text, " => ");
                text.extend(self.value(value, level)?);
            }
            entries.push(text);
        }
        self.layout.indent -= 2;
        entries.extend(more(members.len() - shown));
        Some(entries)
    }

    fn property(
        &mut self,
        key: &PropertyKey,
        found: &PropertyDescriptor,
        level: usize,
    ) -> Option<Text> {
        let mut text = match key {
            PropertyKey::Index(index) => {
                let digits = ascii(itoa::Buffer::new().format(index.get()));
                quote_units(digits.iter().copied(), digits.len())
            }
            PropertyKey::String(name) if *name == js_string!("__proto__") => ascii("['__proto__']"),
            PropertyKey::String(name) if super::text::is_plain_key(name) => name.to_vec(),
            PropertyKey::String(name) => quote_units(name.iter(), name.len()),
            PropertyKey::Symbol(_) => return None,
        };
        push(&mut text, ": ");
        text.extend(self.property_value(found, level)?);
        Some(text)
    }

    fn property_value(&mut self, found: &PropertyDescriptor, level: usize) -> Option<Text> {
        if let Some(value) = found.value() {
            self.layout.indent += 2;
            let text = self.value(value, level);
            self.layout.indent -= 2;
            return text;
        }
        let is_there = |half: Option<&JsValue>| half.is_some_and(|half| !half.is_undefined());
        Some(match (is_there(found.get()), is_there(found.set())) {
            (true, true) => ascii("[Getter/Setter]"),
            (true, false) => ascii("[Getter]"),
            (false, true) => ascii("[Setter]"),
            (false, false) => ascii("undefined"),
        })
    }
}

fn enumerable(
    object: &JsObject,
    keys: Vec<PropertyKey>,
) -> Option<Vec<(PropertyKey, PropertyDescriptor)>> {
    let mut named = Vec::with_capacity(keys.len());
    let object = object.borrow();
    for key in keys {
        let found = object.properties().get(&key)?;
        if found.enumerable() == Some(true) {
            if matches!(key, PropertyKey::Symbol(_)) {
                return None;
            }
            named.push((key, found));
        }
    }
    Some(named)
}

fn collection_size(object: &JsObject) -> Option<usize> {
    if let Some(set) = object.downcast_ref::<OrderedSet>() {
        return Some(set.len());
    }
    (object.downcast_ref::<OrderedMap<JsValue>>()).map(|map| map.len())
}

fn closed(literal: Literal) -> Option<Text> {
    let mut text = literal.open;
    push(&mut text, literal.close);
    Some(text)
}

/// `Foo(2) {`, or `[Object(2): null prototype] {`.
fn prefix(name: Option<&JsString>, fallback: &str, size: Option<usize>, open: &str) -> Text {
    let size = size.map_or_else(String::new, |size| format!("({size})"));
    let mut text = match name {
        Some(name) => name.to_vec(),
        None => ascii(&format!("[{fallback}")),
    };
    push(&mut text, &size);
    if name.is_none() {
        push(&mut text, ": null prototype]");
    }
    push(&mut text, " ");
    push(&mut text, open);
    text
}

fn more(left: usize) -> Option<Text> {
    (left > 0).then(|| ascii(&format!("... {left} more item{}", plural(left))))
}

fn plural(count: usize) -> &'static str {
    if count > 1 { "s" } else { "" }
}

fn ascii(text: &str) -> Text {
    text.bytes().map(u16::from).collect()
}

fn push(text: &mut Text, ascii: &str) {
    text.extend(ascii.bytes().map(u16::from));
}
