//! `JSON.parse` with a reviver, which also gets the text of each primitive that it hasn't changed.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::proxy::Proxy, js_string,
    property::PropertyKey,
};

use rustc_hash::FxHashMap;

use super::{
    DEEPEST,
    parse::{self, Observer},
    syntax_error,
};
use crate::{engine::native::new_object, node::errors};

/// What was parsed, with where its text is.
enum Node {
    Primitive {
        value: JsValue,
        from: usize,
        to: usize,
    },
    Array(Vec<Node>),
    /// Of several properties of one name the last.
    Object(FxHashMap<PropertyKey, Node>),
}

/// Builds the tree of nodes while the parser runs.
#[derive(Default)]
struct Recorder {
    open: Vec<(Node, Option<PropertyKey>)>,
    root: Option<Node>,
}

impl Recorder {
    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((Node::Array(elements), _)) => elements.push(node),
            Some((Node::Object(properties), key)) => {
                let key = key.take().unwrap_or_else(|| js_string!().into());
                properties.insert(key, node);
            }
            Some((Node::Primitive { .. }, _)) => unreachable!("primitives hold nothing"),
        }
    }
}

impl Observer for Recorder {
    fn primitive(&mut self, value: &JsValue, from: usize, to: usize) {
        self.add(Node::Primitive {
            value: value.clone(),
            from,
            to,
        });
    }

    fn key(&mut self, key: &PropertyKey) {
        if let Some((_, slot)) = self.open.last_mut() {
            *slot = Some(key.clone());
        }
    }

    fn open(&mut self, array: bool) {
        let node = if array {
            Node::Array(Vec::new())
        } else {
            Node::Object(FxHashMap::default())
        };
        self.open.push((node, None));
    }

    fn close(&mut self) {
        if let Some((node, _)) = self.open.pop() {
            self.add(node);
        }
    }
}

/// Parses, then lets the reviver replace every value, innermost first.
pub fn parse(text: &JsString, reviver: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let mut recorder = Recorder::default();
    let value = parse::parse_observed(text, &mut recorder, context)
        .map_err(|error| syntax_error(&error, text, context))?;
    let root = new_object(context);
    let key = PropertyKey::from(js_string!());
    root.create_data_property_or_throw(key.clone(), value, context)?;
    let walk = Walk { text, reviver };
    walk.internalize(&root, key, recorder.root.as_ref(), 0, context)
}

struct Walk<'a> {
    text: &'a JsString,
    reviver: &'a JsObject,
}

impl Walk<'_> {
    fn internalize(
        &self,
        holder: &JsObject,
        key: PropertyKey,
        node: Option<&Node>,
        depth: usize,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        if depth > DEEPEST {
            return Err(errors::range_error(
                "Maximum call stack size exceeded",
                context,
            ));
        }
        let value = holder.get(key.clone(), context)?;
        let details = new_object(context);
        if let Some(object) = value.as_object() {
            self.children(&object, node, depth, context)?;
        } else if let Some(Node::Primitive {
            value: parsed,
            from,
            to,
        }) = node
            && JsValue::same_value(parsed, &value)
        {
            let units: Vec<u16> = self.text.iter().skip(*from).take(to - from).collect();
            details.create_data_property_or_throw(
                js_string!("source"),
                parse::string_of(&units),
                context,
            )?;
        }
        let name = super::name_of(&key);
        self.reviver.call(
            &holder.clone().into(),
            &[name, value, details.into()],
            context,
        )
    }

    fn children(
        &self,
        object: &JsObject,
        node: Option<&Node>,
        depth: usize,
        context: &mut Context,
    ) -> JsResult<()> {
        if super::objects::is_array(object, context)? {
            let length = object
                .get(js_string!("length"), context)?
                .to_length(context)?;
            for index in 0..length {
                let child = match node {
                    Some(Node::Array(elements)) => elements.get(index as usize),
                    _ => None,
                };
                self.replace(object, PropertyKey::from(index), child, depth, context)?;
            }
            return Ok(());
        }
        for key in super::objects::enumerable_keys(object, context)? {
            let child = match node {
                Some(Node::Object(properties)) => properties.get(&key),
                _ => None,
            };
            self.replace(object, key, child, depth, context)?;
        }
        Ok(())
    }

    fn replace(
        &self,
        object: &JsObject,
        key: PropertyKey,
        node: Option<&Node>,
        depth: usize,
        context: &mut Context,
    ) -> JsResult<()> {
        let value = self.internalize(object, key.clone(), node, depth + 1, context)?;
        if value.is_undefined() {
            // A property that can't be deleted stays; only a proxy's trap may fail.
            let deleted = object.delete_property_or_throw(key, context);
            if object.is::<Proxy>() {
                deleted?;
            }
            return Ok(());
        }
        object.create_data_property(key, value, context).map(drop)
    }
}
