//! The options of a request: own properties of one object, or of two where the first comes from a URL. They are read once; an
//! object with all of them is only made for who asks for one, such as an agent that opens a connection.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
    string::JsStrVariant,
};

use crate::engine::native::new_object;

macro_rules! known {
    ($($variant:ident $name:literal)*) => {
        /// The options that a request or an agent reads.
        #[derive(Clone, Copy)]
        pub enum Known {
            $($variant),*
        }

        const COUNT: usize = [$($name),*].len();

        impl Known {
            /// The option's name.
            pub fn name(self) -> JsString {
                match self {
                    $(Self::$variant => js_string!($name)),*
                }
            }
        }

        fn known(name: &[u8]) -> Option<Known> {
            $(if name == $name.as_bytes() {
                return Some(Known::$variant);
            })*
            None
        }
    };
}

known! {
    Host "host"
    Port "port"
    Path "path"
    Method "method"
    Headers "headers"
    Agent "agent"
    Hostname "hostname"
    Protocol "protocol"
    Timeout "timeout"
    Signal "signal"
    Auth "auth"
    Family "family"
    LocalAddress "localAddress"
    SocketPath "socketPath"
    DefaultPort "defaultPort"
    DefaultAgent "_defaultAgent"
    CreateConnection "createConnection"
    SetHost "setHost"
    SetDefaultHeaders "setDefaultHeaders"
    MaxHeaderSize "maxHeaderSize"
    InsecureHttpParser "insecureHTTPParser"
    HttpValidation "httpValidation"
    JoinDuplicateHeaders "joinDuplicateHeaders"
    UniqueHeaders "uniqueHeaders"
}

/// What a program asked for.
#[derive(Default)]
pub struct Options {
    values: [JsValue; COUNT],
    sources: Vec<JsObject>,
}

impl Options {
    /// Reads the own enumerable properties of an object, over those that are known already.
    ///
    /// # Errors
    /// What getters throw.
    pub fn read(&mut self, source: JsObject, context: &mut Context) -> JsResult<()> {
        for key in source.own_property_keys(context)? {
            let PropertyKey::String(name) = &key else {
                continue;
            };
            let JsStrVariant::Latin1(units) = name.as_str().variant() else {
                continue;
            };
            let Some(which) = known(units) else {
                continue;
            };
            if let Some(value) = own(&source, &key, context)? {
                self.values[which as usize] = value;
            }
        }
        self.sources.push(source);
        Ok(())
    }

    pub fn get(&self, which: Known) -> &JsValue {
        &self.values[which as usize]
    }

    pub fn set(&mut self, which: Known, value: impl Into<JsValue>) {
        self.values[which as usize] = value.into();
    }

    /// All of them as an object, with the host and port that were found out, and without the signal, which is the request's.
    ///
    /// # Errors
    /// What getters throw.
    pub fn object(&self, context: &mut Context) -> JsResult<JsObject> {
        let object = new_object(context);
        let signal = self.get(Known::Signal).to_boolean();
        for source in &self.sources {
            for key in source.own_property_keys(context)? {
                if signal && key == PropertyKey::from(js_string!("signal")) {
                    continue;
                }
                if let Some(value) = own(source, &key, context)? {
                    object.create_data_property_or_throw(key, value, context)?;
                }
            }
        }
        for (name, which) in [
            (js_string!("port"), Known::Port),
            (js_string!("host"), Known::Host),
        ] {
            let value = self.get(which).clone();
            object.create_data_property_or_throw(name, value, context)?;
        }
        Ok(object)
    }
}

/// An own enumerable property.
fn own(source: &JsObject, key: &PropertyKey, context: &mut Context) -> JsResult<Option<JsValue>> {
    let own = source.borrow().properties().get(key);
    if let Some(own) = &own {
        if own.enumerable() == Some(false) {
            return Ok(None);
        }
        if let Some(value) = own.value() {
            return Ok(Some(value.clone()));
        }
    }
    source.get(key.clone(), context).map(Some)
}
