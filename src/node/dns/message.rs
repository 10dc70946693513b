//! The messages that go to name servers and come back: a question as bytes, an answer as what `dns.resolve*` gives.
//!
//! `channel.js` sends and receives them, here they are only encoded and decoded. An answer that isn't one to the question, or
//! that can't be read, is no answer: whoever sent it, the question is still open.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/dns.html>, RFC 1035.

use std::net::IpAddr;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsArray, JsArrayBuffer},
    string::JsStr,
};
use hickory_proto::{
    op::{Message, MessageType, OpCode, Query, ResponseCode},
    rr::{DNSClass, Name, RData, Record, RecordType},
};

use crate::{
    engine::native::new_object,
    node::buffer::{self, View},
    runtime::access::{self, Operation},
};

/// `encodeQuery(name, type)`: `[id, bytes]`, or undefined where that is no name.
pub fn encode(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = args.get_or_undefined(0).to_string(context)?;
    let name = name.to_std_string_lossy();
    access::check(Operation::NetLookup(&name), context)?;
    let kind = args.get_or_undefined(1).to_u32(context)? as u16;
    let Some(question) = question(&name, kind) else {
        return Ok(JsValue::undefined());
    };
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(question);
    let Ok(bytes) = message.to_vec() else {
        return Ok(JsValue::undefined());
    };
    let bytes = buffer::from_vec(bytes, context)?;
    let pair = [message.metadata.id.into(), bytes.into()];
    Ok(JsArray::from_iter(pair, context).into())
}

/// `reverseName(address)`: the name whose PTR records are those of an address.
pub fn reverse_name(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let address = args.get_or_undefined(0).to_string(context)?;
    let address = address.to_std_string_lossy().parse::<IpAddr>();
    Ok(match address {
        Ok(address) => text(&Name::from(address)).into(),
        Err(_) => JsValue::undefined(),
    })
}

fn question(name: &str, kind: u16) -> Option<Query> {
    let mut name = Name::from_ascii(name).ok()?;
    name.set_fqdn(true);
    Some(Query::query(name, RecordType::from(kind)))
}

/// `decodeAnswer(bytes, id, name, type)`: undefined if it is no answer to the question, null if it can't be read; else `[code,
/// truncated, records]`, where `code` is undefined when there are records.
pub fn decode(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let id = args.get_or_undefined(1).to_u32(context)? as u16;
    let name = args.get_or_undefined(2).to_string(context)?;
    let name = name.to_std_string_lossy();
    let kind = RecordType::from(args.get_or_undefined(3).to_u32(context)? as u16);
    let Some(view) = View::of(args.get_or_undefined(0), context) else {
        return Ok(JsValue::undefined());
    };
    let Ok(message) = Message::from_vec(&view.to_vec()) else {
        return Ok(JsValue::null());
    };
    if !is_answer(&message, id, &name, kind) {
        return Ok(JsValue::undefined());
    }
    let (code, records) = match error_of(&message) {
        Some(code) => (Some(code), JsValue::undefined()),
        None => match Answer::of(&message).records(kind, context)? {
            Some(records) => (None, records),
            None => (Some("ENODATA"), JsValue::undefined()),
        },
    };
    let code = code.map(|code| JsString::from(code).into());
    let parts = [
        code.unwrap_or_default(),
        message.metadata.truncation.into(),
        records,
    ];
    Ok(JsArray::from_iter(parts, context).into())
}

fn is_answer(message: &Message, id: u16, name: &str, kind: RecordType) -> bool {
    let head = &message.metadata;
    let Some(asked) = question(name, kind.into()) else {
        return false;
    };
    head.id == id
        && head.message_type == MessageType::Response
        && head.op_code == OpCode::Query
        && matches!(message.queries.as_slice(), [question]
            if question.name() == asked.name() && question.query_type() == kind)
}

/// What c-ares makes of the code in the head.
fn error_of(message: &Message) -> Option<&'static str> {
    match message.metadata.response_code {
        ResponseCode::NoError if message.answers.is_empty() => Some("ENODATA"),
        ResponseCode::NoError => None,
        ResponseCode::FormErr => Some("EFORMERR"),
        ResponseCode::ServFail => Some("ESERVFAIL"),
        ResponseCode::NXDomain => Some("ENOTFOUND"),
        ResponseCode::NotImp => Some("ENOTIMP"),
        ResponseCode::Refused => Some("EREFUSED"),
        _ => Some("ECONNREFUSED"),
    }
}

/// The records of an answer.
struct Answer<'a> {
    records: Vec<&'a Record>,
}

impl<'a> Answer<'a> {
    fn of(message: &'a Message) -> Self {
        let records = message.answers.iter();
        Self {
            records: records
                .filter(|record| record.dns_class == DNSClass::IN)
                .collect(),
        }
    }

    /// What `resolve*` of a type gives; `None` if there is no such record.
    fn records(&self, kind: RecordType, context: &mut Context) -> JsResult<Option<JsValue>> {
        let mut list = match kind {
            RecordType::ANY => self.any(context)?,
            RecordType::CNAME => self.alias().into_iter().collect(),
            _ => self.plain(kind, context)?,
        };
        let is_address = matches!(kind, RecordType::A | RecordType::AAAA);
        // An alias that leads to no address is an answer all the same.
        if list.is_empty() && !(is_address && self.alias().is_some()) {
            return Ok(None);
        }
        Ok(Some(match kind {
            RecordType::SOA => list.swap_remove(0),
            _ => JsArray::from_iter(list, context).into(),
        }))
    }

    fn plain(&self, kind: RecordType, context: &mut Context) -> JsResult<Vec<JsValue>> {
        let wanted = self
            .records
            .iter()
            .filter(|record| record.record_type() == kind);
        // An address holds no longer than the aliases that lead to it.
        let aliases = self.records.iter();
        let shortest = aliases
            .filter(|record| record.record_type() == RecordType::CNAME)
            .map(|record| record.ttl)
            .min()
            .unwrap_or(u32::MAX);
        let mut list = Vec::new();
        for record in wanted {
            list.extend(value_of(&record.data, record.ttl.min(shortest), context)?);
        }
        Ok(list)
    }

    /// What the name is an alias of. There is one at most; others in an answer are aliases of that one.
    fn alias(&self) -> Option<JsValue> {
        self.records.iter().find_map(|record| match &record.data {
            RData::CNAME(target) => Some(text(&target.0).into()),
            _ => None,
        })
    }

    /// All that there is, in the order of Node: type after type.
    fn any(&self, context: &mut Context) -> JsResult<Vec<JsValue>> {
        const ORDER: &[(RecordType, &str)] = &[
            (RecordType::A, "A"),
            (RecordType::CNAME, "CNAME"),
            (RecordType::AAAA, "AAAA"),
            (RecordType::MX, "MX"),
            (RecordType::NS, "NS"),
            (RecordType::TXT, "TXT"),
            (RecordType::SRV, "SRV"),
            (RecordType::PTR, "PTR"),
            (RecordType::NAPTR, "NAPTR"),
            (RecordType::SOA, "SOA"),
            (RecordType::TLSA, "TLSA"),
            (RecordType::CAA, "CAA"),
        ];
        let mut list = Vec::new();
        for &(kind, label) in ORDER {
            let values = match kind {
                // Addresses beside an alias are those of another name.
                RecordType::A if self.alias().is_some() => continue,
                RecordType::CNAME => self.alias().into_iter().collect(),
                _ => self.plain(kind, context)?,
            };
            for value in values {
                let object = match (value.as_object(), kind) {
                    (Some(chunks), RecordType::TXT) => wrapped("entries", chunks.into(), context)?,
                    (Some(object), _) => object,
                    (None, _) => wrapped("value", value, context)?,
                };
                object.create_data_property_or_throw(
                    js_string!("type"),
                    JsString::from(label),
                    context,
                )?;
                list.push(object.into());
            }
        }
        Ok(list)
    }
}

fn wrapped(key: &str, value: JsValue, context: &mut Context) -> JsResult<JsObject> {
    let object = new_object(context);
    object.create_data_property_or_throw(JsString::from(key), value, context)?;
    Ok(object)
}

/// A name without the dot at its end.
fn text(name: &Name) -> JsString {
    let text = name.to_ascii();
    JsString::from(text.strip_suffix('.').unwrap_or(&text))
}

/// A character a byte, as Node has it.
fn latin1(bytes: &[u8]) -> JsValue {
    JsString::from(JsStr::latin1(bytes)).into()
}

/// What stands for one record; nothing for one of a type that Node doesn't know. Addresses come with their time to live.
fn value_of(data: &RData, ttl: u32, context: &mut Context) -> JsResult<Option<JsValue>> {
    let properties: Vec<(JsString, JsValue)> = match data {
        RData::A(address) => addressed(address.0.to_string(), ttl),
        RData::AAAA(address) => addressed(address.0.to_string(), ttl),
        RData::NS(name) => return Ok(Some(text(&name.0).into())),
        RData::PTR(name) => return Ok(Some(text(&name.0).into())),
        RData::TXT(chunks) => {
            let chunks = chunks.txt_data.iter().map(|chunk| latin1(chunk));
            return Ok(Some(JsArray::from_iter(chunks, context).into()));
        }
        RData::MX(mx) => vec![
            (js_string!("exchange"), text(&mx.exchange).into()),
            (js_string!("priority"), mx.preference.into()),
            (js_string!("type"), js_string!("MX").into()),
        ],
        RData::SRV(srv) => vec![
            (js_string!("name"), text(&srv.target).into()),
            (js_string!("port"), srv.port.into()),
            (js_string!("priority"), srv.priority.into()),
            (js_string!("weight"), srv.weight.into()),
            (js_string!("type"), js_string!("SRV").into()),
        ],
        RData::NAPTR(naptr) => vec![
            (js_string!("flags"), latin1(&naptr.flags)),
            (js_string!("service"), latin1(&naptr.services)),
            (js_string!("regexp"), latin1(&naptr.regexp)),
            (js_string!("replacement"), text(&naptr.replacement).into()),
            (js_string!("order"), naptr.order.into()),
            (js_string!("preference"), naptr.preference.into()),
        ],
        RData::SOA(soa) => vec![
            (js_string!("nsname"), text(&soa.mname).into()),
            (js_string!("hostmaster"), text(&soa.rname).into()),
            (js_string!("serial"), soa.serial.into()),
            // Times have no sign.
            (js_string!("refresh"), (soa.refresh as u32).into()),
            (js_string!("retry"), (soa.retry as u32).into()),
            (js_string!("expire"), (soa.expire as u32).into()),
            (js_string!("minttl"), soa.minimum.into()),
        ],
        RData::CAA(caa) => vec![
            (js_string!("critical"), caa.flags().into()),
            (js_string!("type"), js_string!("CAA").into()),
            (JsString::from(caa.tag.as_str()), latin1(&caa.value)),
        ],
        RData::TLSA(tlsa) => {
            let bytes = buffer::aligned(&tlsa.cert_data);
            let bytes = JsArrayBuffer::from_byte_block(bytes, context)?;
            vec![
                (js_string!("certUsage"), u8::from(tlsa.cert_usage).into()),
                (js_string!("selector"), u8::from(tlsa.selector).into()),
                (js_string!("match"), u8::from(tlsa.matching).into()),
                (js_string!("data"), bytes.into()),
            ]
        }
        _ => return Ok(None),
    };
    let object = new_object(context);
    for (key, value) in properties {
        object.create_data_property_or_throw(key, value, context)?;
    }
    Ok(Some(object.into()))
}

fn addressed(address: String, ttl: u32) -> Vec<(JsString, JsValue)> {
    vec![
        (js_string!("address"), JsString::from(address).into()),
        (js_string!("ttl"), ttl.into()),
    ]
}
