//! The native record of an `http.Server`: its settings, its connections, and one coarse timer for all their timeouts.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    property::Attribute,
};
use ouro_loop::{Event, HandleId};

use super::{
    Slot,
    connection::{Connection, Phase},
    figures::{self, Figure},
    outgoing::names_of,
    protocol::Limits,
    record,
};
use crate::{
    engine::{lookup::LookUp, native::Natives},
    node::net::{Accept, Listener},
    runtime::{
        State,
        dispatch::Owner,
        door,
        fatal::{self, Origin},
    },
};

/// The settings that script can change at any time.
#[derive(Clone, Copy)]
enum Setting {
    KeepAliveTimeout,
    KeepAliveTimeoutBuffer,
    HeadersTimeout,
    RequestTimeout,
    Timeout,
    MaxHeadersCount,
    MaxRequestsPerSocket,
}

const SETTINGS: usize = 7;

/// The record of a server.
pub struct Server {
    settings: [Cell<f64>; SETTINGS],
    connections: RefCell<Vec<Option<Rc<Connection>>>>,
    free: RefCell<Vec<usize>>,
    count: Cell<f64>,
    closing: Cell<bool>,
    /// `httpAllowHalfOpen`
    half_open: Cell<bool>,
    options: Options,
    held: RefCell<Held>,
    timer: Cell<Option<HandleId>>,
    /// When the timer goes off, 0 while it is stopped.
    due: Cell<u64>,
    myself: Weak<Server>,
}

/// What `createServer` was told, once and for all.
struct Options {
    require_host: bool,
    join_duplicates: bool,
    reject_body: bool,
    no_delay: bool,
    header_size: usize,
    /// `optimizeEmptyRequests`
    short_cut: bool,
    /// `uniqueHeaders`
    unique: Option<Rc<[JsString]>>,
    /// `insecureHTTPParser`
    lenient: bool,
    /// `httpValidation: 'relaxed'`
    lax_values: bool,
}

/// What a server holds of the heap, which keeps that alive: so it lets go when the runtime goes.
#[derive(Default)]
struct Held {
    incoming_class: Option<JsObject>,
    response_class: Option<JsObject>,
    /// The listener of 'connection' that the script half installed.
    listener: JsValue,
}

impl Held {
    fn read(options: &JsObject, context: &mut Context) -> JsResult<Self> {
        Ok(Self {
            listener: options.get(js_string!("listener"), context)?,
            incoming_class: options
                .get(js_string!("IncomingMessage"), context)?
                .as_object(),
            response_class: options
                .get(js_string!("ServerResponse"), context)?
                .as_object(),
        })
    }
}

/// The servers of a runtime.
#[derive(Default)]
pub(super) struct Servers(RefCell<Vec<Weak<Server>>>);

impl Servers {
    fn add(&self, server: &Rc<Server>) {
        let mut servers = self.0.borrow_mut();
        if servers.len() == servers.capacity() {
            servers.retain(|server| server.strong_count() > 0);
        }
        servers.push(Rc::downgrade(server));
    }

    /// Lets go of the heap.
    pub(super) fn clear(&self) {
        for server in self.0.take().iter().filter_map(Weak::upgrade) {
            server.held.take();
            // Those hold their server, too.
            for connection in server.connections.take().iter().flatten() {
                connection.let_go();
            }
        }
    }
}

impl Options {
    fn read(options: &JsObject, context: &mut Context) -> JsResult<Self> {
        let unique = options.look_up(js_string!("uniqueHeaders"), context)?;
        let unique = names_of(&unique, context)?;
        let mut option = |name: JsString| options.get(name, context);
        Ok(Self {
            require_host: option(js_string!("requireHostHeader"))?.to_boolean(),
            join_duplicates: option(js_string!("joinDuplicateHeaders"))?.to_boolean(),
            reject_body: option(js_string!("rejectNonStandardBodyWrites"))?.to_boolean(),
            short_cut: option(js_string!("optimizeEmptyRequests"))?.to_boolean(),
            unique,
            no_delay: option(js_string!("noDelay"))?.to_boolean(),
            lenient: option(js_string!("insecureHTTPParser"))?.to_boolean(),
            lax_values: option(js_string!("laxValues"))?.to_boolean(),
            header_size: option(js_string!("maxHeaderSize"))?.to_u32(context)? as usize,
        })
    }
}

#[derive(Clone, Trace, Finalize, JsData)]
struct Record(#[unsafe_ignore_trace] Rc<Server>);

impl Server {
    /// The record of a server object.
    pub fn of(object: &JsObject, context: &mut Context) -> Option<Rc<Self>> {
        let key = Slot::of(context).record_key();
        let holder = object.get(key, context).ok()?.as_object()?;
        let record = holder.downcast_ref::<Record>()?;
        Some(record.0.clone())
    }

    fn setting(&self, setting: Setting) -> f64 {
        self.settings[setting as usize].get()
    }

    pub fn limits(&self) -> Limits {
        Limits {
            header_size: self.options.header_size,
            lenient: self.options.lenient,
            lax_values: self.options.lax_values,
        }
    }

    pub fn requires_host(&self) -> bool {
        self.options.require_host
    }

    /// Whether requests without a body are over, for their readers, when they arrive.
    pub fn short_cuts(&self) -> bool {
        self.options.short_cut
    }

    /// Names of header fields whose values are sent as one.
    pub fn unique(&self) -> Option<Rc<[JsString]>> {
        self.options.unique.clone()
    }

    pub fn joins_duplicates(&self) -> bool {
        self.options.join_duplicates
    }

    pub fn allows_half_open(&self) -> bool {
        self.half_open.get()
    }

    pub fn rejects_body(&self) -> bool {
        self.options.reject_body
    }

    pub fn is_closing(&self) -> bool {
        self.closing.get()
    }

    pub fn incoming_class(&self) -> Option<JsObject> {
        self.held.borrow().incoming_class.clone()
    }

    pub fn response_class(&self) -> Option<JsObject> {
        self.held.borrow().response_class.clone()
    }

    /// How many header fields script gets to see.
    pub fn max_fields(&self) -> u32 {
        match self.setting(Setting::MaxHeadersCount) {
            count if count > 0.0 => count as u32,
            0.0 => u32::MAX,
            _ => 1000,
        }
    }

    /// What `Keep-Alive: timeout=` announces.
    pub fn keep_alive_seconds(&self) -> Option<u64> {
        let timeout = self.setting(Setting::KeepAliveTimeout);
        (timeout > 0.0).then_some((timeout / 1000.0) as u64)
    }

    pub fn max_requests(&self) -> u64 {
        self.setting(Setting::MaxRequestsPerSocket).max(0.0) as u64
    }

    /// Whether this is one request too many for its connection.
    pub fn too_many_requests(&self, number: u64) -> bool {
        let max = self.max_requests();
        max > 0 && number > max
    }

    /// Puts a connection in the table.
    pub fn add(&self, connection: Rc<Connection>, context: &Context) -> usize {
        let index = match self.free.borrow_mut().pop() {
            Some(index) => index,
            None => {
                self.connections.borrow_mut().push(None);
                self.connections.borrow().len() - 1
            }
        };
        self.connections.borrow_mut()[index] = Some(connection);
        self.watch(Phase::Fresh, context);
        index
    }

    /// Takes a connection from the table.
    pub fn remove(&self, index: usize) {
        let removed = self
            .connections
            .borrow_mut()
            .get_mut(index)
            .and_then(Option::take);
        if removed.is_some() {
            self.free.borrow_mut().push(index);
        }
    }

    /// One more connection that no `net.Socket` counts.
    pub fn count(&self) {
        self.count.set(self.count.get() + 1.0);
    }

    /// One less.
    pub fn discount(&self) {
        self.count.set(self.count.get() - 1.0);
    }

    fn all(&self) -> Vec<Rc<Connection>> {
        self.connections
            .borrow()
            .iter()
            .flatten()
            .cloned()
            .collect()
    }

    // ---- timeouts

    /// Milliseconds that a connection may stay in a phase; `None` for as long as it likes.
    fn patience(&self, phase: Phase) -> Option<u64> {
        let timeout = match phase {
            Phase::Idle => match self.setting(Setting::KeepAliveTimeout) {
                timeout if timeout > 0.0 => {
                    timeout + self.setting(Setting::KeepAliveTimeoutBuffer).max(0.0)
                }
                _ => return None,
            },
            Phase::Fresh | Phase::Head => match self.setting(Setting::HeadersTimeout) {
                timeout if timeout > 0.0 => timeout,
                _ => self.setting(Setting::RequestTimeout),
            },
            Phase::Body => self.setting(Setting::RequestTimeout),
            Phase::Told | Phase::Answer => return None,
        };
        (timeout > 0.0).then_some(timeout as u64)
    }

    /// Sees to it that the timer goes off in time for a connection that enters a phase now.
    pub fn watch(&self, phase: Phase, context: &Context) {
        let Some(patience) = self.patience(phase) else {
            return;
        };
        let state = State::of(context);
        let deadline = state.event_loop.now() + patience;
        // A timer that goes off sooner looks again then.
        if self.due.get() == 0 || self.due.get() > deadline {
            self.start_timer(deadline, patience, &state);
        }
    }

    fn start_timer(&self, deadline: u64, patience: u64, state: &State) {
        let Some(timer) = self.timer(state) else {
            return;
        };
        // Coarse: many connections' deadlines are looked at together.
        let grain = (patience / 8).clamp(1, 500);
        let now = state.event_loop.now();
        let delay = deadline.saturating_sub(now).max(grain);
        if state.event_loop.timer_start(timer, delay, 0).is_ok() {
            self.due.set(now + delay);
        }
    }

    fn timer(&self, state: &State) -> Option<HandleId> {
        if let Some(timer) = self.timer.get() {
            return Some(timer);
        }
        let timer = state.event_loop.timer().ok()?;
        let _ = state.event_loop.set_ref(timer, false);
        state.owners.set(timer, self.myself.upgrade()?);
        self.timer.set(Some(timer));
        Some(timer)
    }

    fn look_at_deadlines(&self, context: &mut Context) {
        self.due.set(0);
        let state = State::of(context);
        let now = state.event_loop.now();
        let mut next: Option<(u64, u64)> = None;
        let mut late = Vec::new();
        for connection in self.connections.borrow().iter().flatten() {
            let (phase, since) = connection.waiting();
            let Some(patience) = self.patience(phase) else {
                continue;
            };
            let deadline = since + patience;
            if deadline <= now {
                late.push((connection.clone(), phase));
            } else if next.is_none_or(|(soonest, _)| deadline < soonest) {
                next = Some((deadline, patience));
            }
        }
        if let Some((deadline, patience)) = next {
            self.start_timer(deadline, patience, &state);
        }
        for (connection, phase) in late {
            if let Err(error) = connection.timed_out(phase, context) {
                fatal::uncaught(error, Origin::Exception, context);
            }
            door::drain(context);
        }
    }

    fn stop_timer(&self, context: &Context) {
        if let Some(timer) = self.timer.take() {
            let _ = State::of(context).event_loop.close(timer);
            self.due.set(0);
        }
    }
}

impl Owner for Server {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        if matches!(event, Event::Timer(_)) {
            self.look_at_deadlines(context);
        }
        Ok(())
    }
}

impl Accept for Server {
    /// Takes the connection when nobody but HTTP itself could notice.
    fn accept(&self, id: HandleId, server: &JsObject, context: &mut Context) -> JsResult<bool> {
        let Some(events) = server.look_up(js_string!("_events"), context)?.as_object() else {
            return Ok(false);
        };
        let plain = self.setting(Setting::Timeout) <= 0.0
            && events.look_up(js_string!("connection"), context)? == self.held.borrow().listener
            && server.look_up(js_string!("emit"), context)? == Slot::of(context).classes().emit
            && server
                .look_up(js_string!("maxConnections"), context)?
                .is_null_or_undefined()
            && server
                .look_up(js_string!("blockList"), context)?
                .is_undefined()
            && !server
                .look_up(js_string!("pauseOnConnect"), context)?
                .to_boolean()
            && !server
                .look_up(js_string!("keepAlive"), context)?
                .to_boolean();
        let Some(myself) = self.myself.upgrade().filter(|_| plain) else {
            return Ok(false);
        };
        if self.options.no_delay {
            let _ = State::of(context).event_loop.set_nodelay(id, true);
        }
        figures::count(Figure::Connections, &State::of(context));
        if Connection::open(&myself, server, id, context).is_err() {
            let _ = State::of(context).event_loop.close(id);
        }
        Ok(true)
    }
}

/// `initServer(server, { listener, IncomingMessage, ServerResponse, requireHostHeader, … })`
pub fn init(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (Some(object), Some(options)) = (
        args.get_or_undefined(0).as_object(),
        args.get_or_undefined(1).as_object(),
    ) else {
        return Ok(JsValue::undefined());
    };
    let held = RefCell::new(Held::read(&options, context)?);
    let options = Options::read(&options, context)?;
    let server = Rc::new_cyclic(|myself| Server {
        settings: Default::default(),
        connections: RefCell::default(),
        free: RefCell::default(),
        count: Cell::new(0.0),
        closing: Cell::new(false),
        half_open: Cell::new(false),
        options,
        held,
        timer: Cell::new(None),
        due: Cell::new(0),
        myself: myself.clone(),
    });
    server.settings[Setting::MaxHeadersCount as usize].set(f64::NAN);
    Slot::of(context).servers.add(&server);
    record::attach(&object, Record(server), context);
    Ok(JsValue::undefined())
}

/// `attach(server, handle)`: takes the connections of a listener.
pub fn attach(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = args.get_or_undefined(0).as_object();
    let handle = args.get_or_undefined(1).as_object();
    if let (Some(object), Some(listener)) =
        (object, handle.and_then(|handle| Listener::of(&handle)))
        && let Some(server) = Server::of(&object, context)
    {
        server.closing.set(false);
        listener.set_accept(server);
    }
    Ok(JsValue::undefined())
}

/// `defineServer(prototype)`
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = args.get_or_undefined(0).to_object(context)?;
    let mut natives =
        Natives::on(prototype, context).attributes(Attribute::CONFIGURABLE | Attribute::ENUMERABLE);
    macro_rules! settings {
        ($($name:literal => $setting:ident),*) => {$(
            natives = natives.accessor(
                $name,
                |this, _, context| get(this, Setting::$setting, context),
                Some(|this, args, context| set(this, args, Setting::$setting, context)),
            );
        )*};
    }
    settings!(
        "keepAliveTimeout" => KeepAliveTimeout,
        "keepAliveTimeoutBuffer" => KeepAliveTimeoutBuffer,
        "headersTimeout" => HeadersTimeout,
        "requestTimeout" => RequestTimeout,
        "timeout" => Timeout,
        "maxHeadersCount" => MaxHeadersCount,
        "maxRequestsPerSocket" => MaxRequestsPerSocket
    );
    natives
        .accessor("_connections", get_count, Some(set_count))
        .accessor("httpAllowHalfOpen", get_half_open, Some(set_half_open))
        .attributes(crate::engine::native::METHOD)
        .function("closeAllConnections", 0, close_all)
        .function("closeIdleConnections", 0, close_idle)
        .function("_stop", 0, stop);
    Ok(JsValue::undefined())
}

fn this_server(this: &JsValue, context: &mut Context) -> Option<Rc<Server>> {
    Server::of(&this.as_object()?, context)
}

fn get(this: &JsValue, setting: Setting, context: &mut Context) -> JsResult<JsValue> {
    Ok(
        match this_server(this, context).map(|server| server.setting(setting)) {
            None => JsValue::undefined(),
            Some(value) if value.is_nan() => JsValue::null(),
            Some(value) => value.into(),
        },
    )
}

fn set(
    this: &JsValue,
    args: &[JsValue],
    setting: Setting,
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let number = if value.is_null_or_undefined() {
        f64::NAN
    } else {
        value.to_number(context)?
    };
    if let Some(server) = this_server(this, context) {
        server.settings[setting as usize].set(number);
    }
    Ok(JsValue::undefined())
}

fn get_count(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(this_server(this, context)
        .map_or_else(JsValue::undefined, |server| server.count.get().into()))
}

fn set_count(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let count = args.get_or_undefined(0).to_number(context)?;
    if let Some(server) = this_server(this, context) {
        server.count.set(count);
    }
    Ok(JsValue::undefined())
}

fn get_half_open(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(this_server(this, context)
        .map_or_else(JsValue::undefined, |server| server.half_open.get().into()))
}

fn set_half_open(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(server) = this_server(this, context) {
        server.half_open.set(args.get_or_undefined(0).to_boolean());
    }
    Ok(JsValue::undefined())
}

/// `server.closeAllConnections()`
fn close_all(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    for connection in this_server(this, context)
        .map(|server| server.all())
        .unwrap_or_default()
    {
        connection.close(context);
    }
    Ok(JsValue::undefined())
}

/// `server.closeIdleConnections()`
fn close_idle(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    for connection in this_server(this, context)
        .map(|server| server.all())
        .unwrap_or_default()
    {
        if connection.is_idle() {
            connection.close(context);
        }
    }
    Ok(JsValue::undefined())
}

/// `server._stop()`: the server is closing.
fn stop(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(server) = this_server(this, context) {
        server.closing.set(true);
        if server
            .connections
            .borrow()
            .iter()
            .flatten()
            .next()
            .is_none()
        {
            server.stop_timer(context);
        }
    }
    Ok(JsValue::undefined())
}
