//! A connection and script's sockets: the `net.Socket` made over its handle, and streams that script brought.

use std::rc::{Rc, Weak};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, NativeFunction, js_string,
    object::FunctionObjectBuilder,
};
use ouro_loop::HandleId;

use super::{Connection, Transport};
use crate::{
    engine::lookup::LookUp,
    node::{
        buffer::View,
        errors,
        http::{
            figures::{self, Figure},
            help,
            server::Server,
        },
        net::{Companion, Stream},
    },
    runtime::State,
};

impl Connection {
    /// Takes over a socket that script has seen already.
    fn adopt(
        server: &Rc<Server>,
        object: &JsObject,
        socket: &JsObject,
        stream: Rc<Stream>,
        id: HandleId,
        context: &mut Context,
    ) -> std::io::Result<Rc<Self>> {
        let state = State::of(context);
        figures::count(Figure::Shown, &state);
        let connection = Self::new(server, object, Transport::Handle(id), context);
        connection.socket.replace(Some(socket.clone()));
        connection.share(stream);
        state.owners.set(id, connection.clone());
        state.event_loop.read_start(id)?;
        Ok(connection)
    }

    fn share(self: &Rc<Self>, stream: Rc<Stream>) {
        let companion: Weak<dyn Companion> = self.myself.clone();
        stream.set_companion(Some(companion));
        self.stream.replace(Some(stream));
    }

    /// The `net.Socket` of the connection; made on first use.
    pub fn socket(&self, context: &mut Context) -> JsResult<JsValue> {
        if let Some(socket) = self.socket.borrow().as_ref() {
            return Ok(socket.clone().into());
        }
        if let Transport::Script(stream) = &*self.transport.borrow() {
            return Ok(stream.clone().into());
        }
        let Some(id) = self.handle() else {
            // Too late for the real one.
            return help(js_string!("makeSocket"), &[], context);
        };
        figures::count(Figure::Sockets, &State::of(context));
        let stream = Stream::beside(id, None, context);
        let (read, written) = self.bytes.get();
        stream.count(read, written);
        let handle = stream.object(context);
        self.me().share(stream.clone());
        let server = self.server_object.borrow().clone();
        let server = server.map_or_else(JsValue::undefined, JsValue::from);
        let feed = self.me().feeder(context);
        let args = [handle.into(), server, feed];
        let socket = help(js_string!("makeSocket"), &args, context)?;
        stream.set_socket(socket.as_object());
        self.socket.replace(socket.as_object());
        // From here on the socket takes itself off the count.
        self.counted.set(false);
        Ok(socket)
    }
}

/// `currentMessage(handle)`: the response that a connection is sending; `null` if there is none.
pub fn current_message(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let handle = args.get_or_undefined(0).as_object();
    let stream = handle.and_then(|handle| Stream::of(&handle));
    let message = stream.and_then(|stream| stream.companion()?.message());
    Ok(message.map_or(JsValue::null(), JsValue::from))
}

/// `connect(server, stream)`: speaks HTTP on a stream that was emitted as a server's 'connection'. Answers the function to
/// give its chunks to.
pub fn connect_script(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (Some(object), Some(stream)) = (
        args.get_or_undefined(0).as_object(),
        args.get_or_undefined(1).as_object(),
    ) else {
        return Ok(JsValue::undefined());
    };
    let Some(server) = Server::of(&object, context) else {
        return Ok(JsValue::undefined());
    };
    let handle = stream.look_up(js_string!("_handle"), context)?.as_object();
    if let Some(handle) = handle.and_then(|handle| Stream::of(&handle))
        && let Some(id) = handle.id()
    {
        return match Connection::adopt(&server, &object, &stream, handle, id, context) {
            Ok(connection) => Ok(connection.feeder(context)),
            Err(error) => {
                let errno = errors::system::errno_of(&error);
                Err(errors::system::errno_exception(
                    errno, "read", None, context,
                ))
            }
        };
    }
    figures::count(Figure::Shown, &State::of(context));
    let connection = Connection::new(&server, &object, Transport::Script(stream), context);
    Ok(connection.feeder(context))
}

/// What the function for a stream's chunks holds.
#[derive(Clone, boa_engine::Trace, boa_engine::Finalize)]
struct Fed(#[unsafe_ignore_trace] Rc<Connection>);

impl Connection {
    /// The listener of the stream's 'data'. The loop tells of what a handle reads, and of its end, unless script watches: then
    /// the stream does (`true` says that from here on it shall).
    fn feeder(self: &Rc<Self>, context: &mut Context) -> JsValue {
        let feed = NativeFunction::from_copy_closure_with_captures(
            |_, args, fed: &Fed, context| {
                let connection = &fed.0;
                let by_stream = matches!(*connection.transport.borrow(), Transport::Script(_));
                let chunk = args.get_or_undefined(0);
                if let Some(view) = View::of(chunk, context) {
                    let bytes = view.to_vec();
                    connection.feed(&bytes, context);
                } else if chunk.is_undefined() && by_stream {
                    connection.closed(context)?;
                } else if chunk.is_null() && (by_stream || connection.tapped.get()) {
                    connection.end_of_input(context)?;
                } else if chunk.is_boolean() && !by_stream {
                    connection.tapped.set(true);
                }
                Ok(JsValue::undefined())
            },
            Fed(self.clone()),
        );
        FunctionObjectBuilder::new(context.realm(), feed)
            .name(js_string!("socketOnData"))
            .length(1)
            .build()
            .into()
    }
}
