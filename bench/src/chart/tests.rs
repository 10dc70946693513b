//! Whole pictures: that they are well-formed, say what they were given, and hold one line for each series, whatever
//! the figures are. With `OURO_CHARTS=DIR` the same pictures are written there, to be looked at.

use super::*;

const RUNTIMES: [&str; 5] = ["Ouro", "Node", "Node --jitless", "Deno", "Bun"];

fn axis(label: &str, scale: Scale) -> Axis {
    Axis {
        label: label.to_owned(),
        scale,
    }
}

fn point(x: f64, y: f64, spread: f64) -> Point {
    Point {
        x,
        y,
        low: y * (1.0 - spread),
        high: y * (1.0 + spread),
    }
}

fn series(name: &str, figures: &[(f64, f64)], spread: f64) -> Series {
    Series {
        name: name.to_owned(),
        points: figures.iter().map(|(x, y)| point(*x, *y, spread)).collect(),
    }
}

fn chart(title: &str, x: Axis, y: Axis, series: Vec<Series>) -> Chart {
    Chart {
        title: title.to_owned(),
        subtitle: "Ouro 0.1.0, Node 26.1.0, Deno 2.5.1, Bun 1.3.2 · 5 rounds of 10 s · AMD EPYC 7B13, 2 cores, \
                   Linux 6.1 · 21 November 2026"
            .to_owned(),
        x,
        y,
        series,
    }
}

/// Checks that every element is closed and every attribute and text escaped, and gives the number of each element.
fn elements(svg: &str) -> std::collections::BTreeMap<String, usize> {
    let mut open: Vec<&str> = Vec::new();
    let mut counts = std::collections::BTreeMap::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').expect("an open tag") + start;
        let tag = &rest[start + 1..end];
        assert!(!tag.contains('<'), "{tag}");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(!tag.contains("NaN") && !tag.contains("inf"), "{tag}");
        for text in rest[..start].split('&').skip(1) {
            assert!(text.contains(';'), "&{text}");
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else {
            let name = tag.split_whitespace().next().expect("a name");
            *counts.entry(name.to_owned()).or_insert(0) += 1;
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        rest = &rest[end + 1..];
    }
    assert_eq!(open, [""; 0]);
    assert_eq!(counts.get("svg"), Some(&1));
    counts
}

/// Checks that all texts are on the sheet and none touches another.
fn texts_apart(svg: &str) {
    let attribute = |tag: &str, name: &str| {
        let from = tag.find(&format!(" {name}=\"")).expect("a text has it") + name.len() + 3;
        tag[from..].split('"').next().expect("quoted").to_owned()
    };
    let number = |tag: &str, name: &str| attribute(tag, name).parse::<f64>().expect("a number");
    let width = number(svg.split("<svg").nth(1).expect("a sheet"), "width");
    let mut boxes: Vec<(&str, [f64; 4])> = Vec::new();
    for element in svg.split("<text").skip(1) {
        let (tag, rest) = element.split_once('>').expect("a closed tag");
        let text = rest.split('<').next().expect("a text").trim();
        // Four steps are a pixel.
        let (x, y) = (number(tag, "x") / 4.0, number(tag, "y") / 4.0);
        let size = number(tag, "font-size") / 4.0;
        let wide = canvas::text_width(text, size);
        let left = match attribute(tag, "text-anchor").as_str() {
            "start" => x,
            "end" => x - wide,
            _ => x - wide / 2.0,
        };
        let [l, t, r, b] = [left, y - size * 0.4, left + wide, y + size * 0.4];
        assert!(
            l >= 0.0 && r <= width,
            "{text:?} leaves the sheet: {l} to {r}"
        );
        for (other, [l2, t2, r2, b2]) in &boxes {
            let apart = r <= *l2 || *r2 <= l || b <= *t2 || *b2 <= t;
            assert!(apart, "{text:?} covers {other:?}");
        }
        boxes.push((text, [l, t, r, b]));
    }
}

/// Where the texts stand, checked; the picture, for whoever wants to see it.
fn look_at(name: &str, svg: &str) {
    texts_apart(svg);
    if let Some(folder) = std::env::var_os("OURO_CHARTS") {
        let path = std::path::Path::new(&folder).join(name);
        std::fs::write(path, svg).expect("OURO_CHARTS names a folder");
    }
}

fn throughput() -> Chart {
    let counts = [1.0, 8.0, 64.0, 512.0, 4096.0, 10_000.0];
    let figures = [
        [7_900.0, 21_400.0, 24_800.0, 24_100.0, 21_900.0, 19_800.0],
        [11_200.0, 38_600.0, 47_300.0, 44_900.0, 37_800.0, 33_100.0],
        [6_100.0, 13_900.0, 15_800.0, 15_200.0, 13_400.0, 12_100.0],
        [10_300.0, 41_200.0, 52_700.0, 49_800.0, 41_100.0, 34_200.0],
        [12_800.0, 58_900.0, 81_300.0, 79_600.0, 68_200.0, 57_700.0],
    ];
    let series = RUNTIMES.iter().zip(figures).map(|(name, figures)| {
        let figures: Vec<_> = counts.into_iter().zip(figures).collect();
        series(name, &figures, 0.04)
    });
    chart(
        "HTTP throughput against connections",
        axis("connections", Scale::Log2),
        axis("requests per second", Scale::Linear),
        series.collect(),
    )
}

#[test]
fn throughput_against_connections() {
    let svg = lines(&throughput()).unwrap();
    look_at("throughput.svg", &svg);
    let count = elements(&svg);
    assert_eq!(count["polyline"], 5);
    for text in RUNTIMES.into_iter().chain(["1", "512", "10,000", "80k"]) {
        assert!(svg.contains(&format!("\n{text}\n")), "{text}");
    }
}

#[test]
fn memory_against_connections() {
    let series = [
        (
            "Ouro",
            &[
                (1.0, 31.0),
                (100.0, 32.5),
                (1000.0, 41.0),
                (10_000.0, 118.0),
            ][..],
        ),
        (
            "Node",
            &[
                (1.0, 62.0),
                (100.0, 66.0),
                (1000.0, 88.0),
                (10_000.0, 266.0),
            ],
        ),
        (
            "Node --jitless",
            &[
                (1.0, 55.0),
                (100.0, 60.0),
                (1000.0, 83.0),
                (10_000.0, 259.0),
            ],
        ),
        (
            "Deno",
            &[
                (1.0, 71.0),
                (100.0, 74.0),
                (1000.0, 97.0),
                (10_000.0, 251.0),
            ],
        ),
        // Gave up before the last.
        ("Bun", &[(1.0, 48.0), (100.0, 50.0), (1000.0, 63.0)]),
    ];
    let series = series.map(|(name, figures)| super::tests::series(name, figures, 0.015));
    let chart = chart(
        "Memory against idle connections",
        axis("connections", Scale::Log10),
        axis("peak resident memory, MB", Scale::Linear),
        series.into(),
    );
    let svg = lines(&chart).unwrap();
    look_at("memory.svg", &svg);
    assert_eq!(elements(&svg)["polyline"], 5);
    assert!(svg.contains("\n10k\n"));
}

#[test]
fn throughput_against_pool_sizes() {
    let sizes = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
    let ouro = [412.0, 809.0, 823.0, 818.0, 811.0, 804.0, 790.0];
    let node = [405.0, 798.0, 806.0, 801.0, 786.0, 771.0, 743.0];
    let figures = |figures: [f64; 7]| sizes.into_iter().zip(figures).collect::<Vec<_>>();
    let chart = chart(
        "pbkdf2 against the size of the pool",
        axis("UV_THREADPOOL_SIZE", Scale::Log2),
        axis("operations per second", Scale::Linear),
        vec![
            series("Ouro", &figures(ouro), 0.03),
            series("Node", &figures(node), 0.05),
        ],
    );
    let svg = lines(&chart).unwrap();
    look_at("pool.svg", &svg);
    assert_eq!(elements(&svg)["polyline"], 2);
}

#[test]
fn latency_against_percentiles() {
    let percentiles_of = [50.0, 75.0, 90.0, 99.0, 99.9, 99.99, 100.0];
    let figures = [
        [2.4, 2.7, 3.1, 4.6, 7.9, 14.0, 21.0],
        [1.3, 1.4, 1.7, 3.9, 11.2, 26.0, 48.0],
        [3.9, 4.3, 4.9, 8.7, 19.4, 41.0, 66.0],
        [1.2, 1.3, 1.5, 3.1, 9.8, 22.0, 39.0],
        [0.76, 0.82, 0.97, 1.9, 5.1, 13.0, 31.0],
    ];
    let series = RUNTIMES.iter().zip(figures).map(|(name, figures)| {
        let figures: Vec<_> = percentiles_of.into_iter().zip(figures).collect();
        series(name, &figures, 0.07)
    });
    let chart = chart(
        "Latency of a hello-world server, 64 connections",
        axis("percentile of the requests", Scale::Linear),
        axis("milliseconds", Scale::Log10),
        series.collect(),
    );
    let svg = percentiles(&chart).unwrap();
    look_at("percentiles.svg", &svg);
    assert_eq!(elements(&svg)["polyline"], 5);
    for text in ["50%", "99.99%", "max", "1", "10", "100"] {
        assert!(svg.contains(&format!("\n{text}\n")), "{text}");
    }
}

#[test]
fn ratios_of_thirty_scenarios() {
    const NAMES: [&str; 30] = [
        "start-up: hello world",
        "start-up: first answer",
        "start-up: ES module",
        "http: hello",
        "http: headers",
        "http: JSON",
        "http: POST",
        "http: 64 KB",
        "http: upload",
        "http: pipelining",
        "http: proxy",
        "http: static file",
        "http: router",
        "idle connections",
        "net: echo",
        "fs: small reads",
        "fs: large stream",
        "fs: readdir",
        "fs: stat storm",
        "timers: a million fired",
        "timers: set and cleared",
        "nextTick chain",
        "microtask chain",
        "await chain",
        "EventEmitter",
        "streams",
        "Buffer and encodings",
        "gzip",
        "compute: fannkuch",
        "compute: ray tracer",
    ];
    let group = |(row, name): (usize, &&str)| BarGroup {
        name: (*name).to_owned(),
        values: (0..5)
            .map(|peer| {
                // Spread over 0.02 … 4 without any order.
                let wave = ((row * 7 + peer * 3) % 11) as f64 / 11.0;
                let ratio = if row > 27 {
                    0.02 + 0.4 * wave
                } else {
                    0.3 * 13f64.powf(wave)
                };
                (peer != 4 || row % 7 != 3).then(|| point(0.0, ratio, 0.05))
            })
            .collect(),
    };
    let groups: Vec<_> = NAMES.iter().enumerate().map(group).collect();
    let names = RUNTIMES.map(str::to_owned);
    let subtitle = throughput().subtitle;
    let axis = "throughput, Node --jitless = 1 (longer to the right is faster)";
    let svg = bars("Ouro beside its peers", &subtitle, axis, &names, &groups).unwrap();
    look_at("bars.svg", &svg);
    elements(&svg);
    for name in NAMES.iter().chain(&RUNTIMES) {
        assert!(svg.contains(&format!("\n{name}\n")), "{name}");
    }
    // The ground, the keys, a stripe for every second row, and a bar for each value.
    let bars = groups
        .iter()
        .flat_map(|group| &group.values)
        .flatten()
        .count();
    assert_eq!(elements(&svg)["rect"], 1 + 5 + 15 + bars);
    let few: Vec<_> = groups.into_iter().take(6).collect();
    let svg = bars_of_two(&few);
    look_at("bars-of-two.svg", &svg);
}

fn bars_of_two(groups: &[BarGroup]) -> String {
    let names = ["Ouro".to_owned(), "Node".to_owned()];
    let svg = bars("Ouro beside Node", "", "CPU time, Node = 1", &names, groups).unwrap();
    elements(&svg);
    svg
}

#[test]
fn a_whole_distribution_names_the_usual_percentiles() {
    let figures: Vec<(f64, f64)> = (1..400)
        .map(|step| f64::from(step) / 80.0)
        .map(|nines| (100.0 * (1.0 - 10f64.powf(-nines)), 0.8 + nines.powi(3)))
        .collect();
    let chart = chart(
        "Latency of a hello-world server",
        axis("percentile of the requests", Scale::Linear),
        axis("milliseconds", Scale::Log10),
        vec![
            series("Ouro", &figures, 0.1),
            series("libuv", &figures[..240], 0.0),
        ],
    );
    let svg = percentiles(&chart).unwrap();
    look_at("distribution.svg", &svg);
    let count = elements(&svg);
    assert_eq!(count["polyline"], 2);
    // Ouro's key and its rim, but no marker on the line.
    assert_eq!(count["circle"], 2);
    for text in ["50%", "90%", "99.9%", "99.99%"] {
        assert!(svg.contains(&format!("\n{text}\n")), "{text}");
    }
}

#[test]
fn single_points_have_their_spread_as_a_bar() {
    let chart = chart(
        "One size only",
        axis("connections", Scale::Log2),
        axis("milliseconds", Scale::Log10),
        vec![
            series("Ouro", &[(64.0, 4.2)], 0.3),
            series("Node", &[(64.0, 2.2)], 0.2),
        ],
    );
    let svg = lines(&chart).unwrap();
    look_at("single.svg", &svg);
    let count = elements(&svg);
    assert!(!count.contains_key("polyline") && !count.contains_key("polygon"));
    let without = Chart {
        series: vec![series("Ouro", &[(64.0, 4.2)], 0.0)],
        ..chart
    };
    let rules = |svg: &str| elements(svg)["line"];
    assert!(rules(&svg) > rules(&lines(&without).unwrap()));
}

#[test]
fn what_cannot_be_drawn_is_left_out() {
    let odd = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -1.0,
        1e-320,
        f64::MAX,
    ];
    let everything: Vec<Point> = odd
        .iter()
        .flat_map(|x| {
            odd.map(|y| Point {
                x: *x,
                y,
                low: f64::NAN,
                high: -y,
            })
        })
        .collect();
    let only = |points: &[Point]| Series {
        name: "Ouro".to_owned(),
        points: points.to_vec(),
    };
    for points in [
        &everything[..],
        &[],
        &[point(8.0, 5.0, 0.5)],
        &[point(0.0, 0.0, 0.0)],
    ] {
        for scale in [Scale::Linear, Scale::Log2, Scale::Log10] {
            let chart = chart(
                "odd",
                axis("x", scale),
                axis("y", scale),
                vec![only(points)],
            );
            elements(&lines(&chart).unwrap());
            elements(&percentiles(&chart).unwrap());
        }
        let values = points.iter().copied().map(Some).chain([None]).collect();
        let groups = [BarGroup {
            name: "odd".to_owned(),
            values,
        }];
        bars_of_two(&groups);
    }
    bars_of_two(&[]);
    let nothing = chart("", axis("", Scale::Log2), axis("", Scale::Log2), Vec::new());
    let svg = lines(&nothing).unwrap();
    look_at("nothing.svg", &svg);
    assert!(svg.contains("no data"));
    let count = elements(&svg);
    assert!(!count.contains_key("polyline"));
    assert_eq!(
        count["text"], 4,
        "subtitle, two axes, and that there is nothing"
    );
    elements(&bars("", "", "", &[], &[]).unwrap());
}

#[test]
fn a_series_without_points_is_named_all_the_same() {
    let mut chart = throughput();
    chart.series[4].points.clear();
    chart.series[3].points.truncate(1);
    chart.series[2].points.truncate(4);
    let svg = lines(&chart).unwrap();
    look_at("gaps.svg", &svg);
    assert!(svg.contains("Bun (no data)"));
    assert_eq!(elements(&svg)["polyline"], 3);
}

#[test]
fn names_are_escaped() {
    let mut chart = throughput();
    chart.title = "a < b & \"c\" \u{1}".to_owned();
    chart.series[0].name = "<script>".to_owned();
    let svg = lines(&chart).unwrap();
    elements(&svg);
    assert!(svg.contains("a &lt; b &amp; &quot;c&quot;"));
    assert!(svg.contains("&lt;script&gt;"));
}

#[test]
fn many_series_each_have_room() {
    let names =
        (0..30).map(|index| series(&format!("series {index}"), &[(1.0, 5.0), (2.0, 5.0)], 0.0));
    let chart = chart(
        "many",
        axis("x", Scale::Linear),
        axis("y", Scale::Linear),
        names.collect(),
    );
    let svg = lines(&chart).unwrap();
    look_at("many.svg", &svg);
    assert_eq!(elements(&svg)["polyline"], 30);
}
