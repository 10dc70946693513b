//! Which pictures there are: throughput and memory against connections, latencies, ratios, pool sizes. `chart` draws them.

use std::{fs, path::Path};

use crate::{
    Error, Result,
    chart::{self, Axis, BarGroup, Chart, Point, Scale, Series},
    load::PERCENTILES,
    measure::{Measured, Outcome, Quantity, Sample},
    peers::Peer,
    report::{Report, Spread, ratio, spread_of},
    scenario::Kind,
};

/// A picture, as SVG.
pub struct Plot {
    /// Of the file, without its ending.
    pub name: String,
    pub svg: String,
}

impl Plot {
    /// Writes `NAME.svg` into a folder, which is made if it isn't there.
    ///
    /// # Errors
    /// When that can't be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(format!("{}.svg", self.name));
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, &self.svg))
            .map_err(|error| Error::Io(path.display().to_string(), error))
    }
}

/// Throughput and memory against connections.
///
/// # Errors
/// When a picture can't be drawn.
pub fn connections(report: &Report) -> Result<Vec<Plot>> {
    let servers: Vec<&Measured> = report
        .results
        .iter()
        .filter(|result| {
            result.scenario.is_one_of_many && matches!(result.scenario.kind, Kind::Server { .. })
        })
        .collect();
    if servers.is_empty() {
        return Ok(Vec::new());
    }
    let what = &servers[0].scenario.what;
    let plot = |name: &str, title: String, label: &str, of: &dyn Fn(&Sample) -> Option<f64>| {
        let point = |result: &&Measured, peer: usize| {
            let x = result.scenario.connections()? as f64;
            Some(point(x, spread_of(&result.outcomes[peer], of)?))
        };
        let series = series(&report.peers, |peer| {
            servers
                .iter()
                .filter_map(|result| point(result, peer))
                .collect()
        });
        let chart = Chart {
            title,
            subtitle: report.circumstances(),
            x: axis("connections", Scale::Log2),
            y: axis(label, Scale::Linear),
            series,
        };
        Ok(Plot {
            name: name.to_owned(),
            svg: chart::lines(&chart)?,
        })
    };
    Ok(vec![
        plot(
            "throughput",
            format!("Requests a second: {what}"),
            "requests/s",
            &|sample| Some(sample.figure),
        )?,
        plot("memory", format!("Peak memory: {what}"), "MB", &|sample| {
            sample.memory_mb
        })?,
    ])
}

/// The latency distribution of each server.
///
/// # Errors
/// When a picture can't be drawn.
pub fn latencies(report: &Report) -> Result<Vec<Plot>> {
    let servers = report.results.iter().filter(|result| {
        matches!(
            result.scenario.kind,
            Kind::Server { .. } | Kind::Echo { .. }
        )
    });
    let plot = |result: &Measured| {
        let series = series(&report.peers, |peer| {
            let at = |percentile: &f64| {
                let of = |sample: &Sample| sample.latency(*percentile);
                Some(point(*percentile, spread_of(&result.outcomes[peer], of)?))
            };
            PERCENTILES.iter().filter_map(at).collect()
        });
        let connections = result.scenario.connections().unwrap_or_default();
        let chart = Chart {
            title: format!("Latency: {}", result.scenario.what),
            subtitle: format!(
                "{connections} connections, each asking again as soon as it is answered. {}",
                report.circumstances()
            ),
            x: axis("percentile", Scale::Linear),
            y: axis("milliseconds", Scale::Log10),
            series,
        };
        Ok(Plot {
            name: format!("latency-{}", file_name(&result.scenario.label())),
            svg: chart::percentiles(&chart)?,
        })
    };
    servers.map(plot).collect()
}

/// How many times better Ouro is, for all scenarios.
///
/// # Errors
/// When the picture can't be drawn.
pub fn ratios(report: &Report) -> Result<Vec<Plot>> {
    let names: Vec<String> = report.peers[1..]
        .iter()
        .map(|peer| format!("to {}", peer.name))
        .collect();
    let group = |result: &Measured| BarGroup {
        name: result.scenario.label(),
        values: (1..report.peers.len())
            .map(|peer| Some(point(0.0, ratio(result, peer)?)))
            .collect(),
    };
    let groups: Vec<BarGroup> = report.results.iter().map(group).collect();
    if names.is_empty() || groups.is_empty() {
        return Ok(Vec::new());
    }
    let svg = chart::bars(
        "How many times better Ouro is",
        &report.circumstances(),
        "Ouro's figure to the other's: above 1 Ouro is ahead",
        &names,
        &groups,
    )?;
    Ok(vec![Plot {
        name: "ratios".to_owned(),
        svg,
    }])
}

/// Throughput and p99 against the size of the pool.
///
/// # Errors
/// When a picture can't be drawn.
pub fn pool(report: &Report) -> Result<Vec<Plot>> {
    let mut plots = Vec::new();
    for sweep in &report.sweeps.sweeps {
        let name = file_name(&sweep.workload.name);
        let title = match sweep.workload.what.as_str() {
            "" => sweep.workload.name.clone(),
            what => what.to_owned(),
        };
        let draw = |kind: &str, label: String, of: &dyn Fn(&Sample) -> Option<f64>| {
            let at = |peer: usize| {
                let outcomes: &[Outcome] = &sweep.outcomes[peer];
                let points = sweep.sizes.iter().zip(outcomes);
                points
                    .filter_map(|(size, outcome)| {
                        Some(point(*size as f64, spread_of(outcome, of)?))
                    })
                    .collect()
            };
            let chart = Chart {
                title: title.clone(),
                subtitle: report.circumstances(),
                x: axis("threads (UV_THREADPOOL_SIZE)", Scale::Log2),
                y: axis(&label, Scale::Linear),
                series: series(&report.sweeps.peers, at),
            };
            Ok::<_, Error>(Plot {
                name: format!("pool-{name}-{kind}"),
                svg: chart::lines(&chart)?,
            })
        };
        let rate = match &sweep.quantity {
            Quantity::Rate(unit) => format!("{unit}/s"),
            Quantity::Milliseconds => "milliseconds".to_owned(),
            Quantity::Kilobytes => "KB".to_owned(),
        };
        plots.push(draw("throughput", rate, &|sample| Some(sample.figure))?);
        if !matches!(sweep.quantity, Quantity::Milliseconds) {
            plots.push(draw("p99", "p99 in milliseconds".to_owned(), &|sample| {
                sample.latency(99.0)
            })?);
        }
    }
    Ok(plots)
}

fn axis(label: &str, scale: Scale) -> Axis {
    Axis {
        label: label.to_owned(),
        scale,
    }
}

fn series(peers: &[Peer], points: impl Fn(usize) -> Vec<Point>) -> Vec<Series> {
    let of = |(index, peer): (usize, &Peer)| Series {
        name: peer.name.to_owned(),
        points: points(index),
    };
    peers.iter().enumerate().map(of).collect()
}

fn point(x: f64, spread: Spread) -> Point {
    Point {
        x,
        y: spread.median,
        low: spread.least,
        high: spread.most,
    }
}

fn file_name(label: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric();
    label
        .split(|letter| !is_plain(letter))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}
