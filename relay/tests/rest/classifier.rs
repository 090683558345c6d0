//! Guesses from what is seen of two identities whether they are friends: features of the pair, weighed by a logistic
//! regression that was trained on other pairs.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use crate::attacker::{Kind, Look, Seen, Step};
use crate::dice::Dice;

/// Turns of the descent, after which nothing moves any more.
const TURNS: usize = 300;
const RATE: f64 = 0.5;

/// How well friends are told from others over all pairs: the area under the curve of those found against false
/// alarms. 0.5 is chance, 1 is knowledge.
///
/// Each half of the pairs is scored by what was learnt from the other.
pub(crate) fn area(seen: &[Seen], friends: &BTreeSet<(usize, usize)>, dice: &mut Dice) -> f64 {
    let mut pairs = features(seen, friends);
    dice.shuffle(&mut pairs);
    let (one, other) = pairs.split_at(pairs.len() / 2);
    let halves = [(one, other), (other, one)];
    halves.map(|(train, test)| score(&Model::of(train), test)).iter().sum::<f64>() / 2.0
}

/// What is seen of a pair, and whether they are friends.
#[derive(Clone)]
struct Pair {
    features: Vec<f64>,
    are_friends: bool,
}

fn features(seen: &[Seen], friends: &BTreeSet<(usize, usize)>) -> Vec<Pair> {
    let labels = common(seen.iter().map(|seen| &seen.labels));
    let blocks = common(seen.iter().map(|seen| &seen.ever));
    let alone: Vec<_> = seen.iter().map(alone).collect();
    let series: Vec<_> = seen.iter().map(series).collect();
    let mut pairs = Vec::new();
    for b in 0..seen.len() {
        for a in 0..b {
            let counted = |counts: &HashMap<(usize, usize), usize>| {
                counts.get(&(a, b)).map_or(0.0, |count| (*count as f64).ln_1p())
            };
            let named = usize::from(seen[a].names.contains(&b)) + usize::from(seen[b].names.contains(&a));
            let relays = seen[a].relays.intersection(&seen[b].relays).count();
            let mut features = vec![counted(&labels), counted(&blocks), named as f64, relays as f64];
            for (x, y) in alone[a].iter().zip(&alone[b]) {
                features.extend([x + y, (x - y).abs(), x * y]);
            }
            for (x, y) in series[a].iter().zip(&series[b]) {
                features.extend([from_the_beginning(x, y), from_the_end(x, y)]);
            }
            pairs.push(Pair { features, are_friends: friends.contains(&(a, b)) });
        }
    }
    pairs
}

/// How many things each two have in common, where any.
fn common<'a, T: Eq + Hash + 'a>(
    sets: impl Iterator<Item = &'a HashSet<T>>,
) -> HashMap<(usize, usize), usize> {
    let mut holders = HashMap::<&T, Vec<usize>>::new();
    for (one, set) in sets.enumerate() {
        set.iter().for_each(|thing| holders.entry(thing).or_default().push(one));
    }
    let mut counts = HashMap::new();
    for holders in holders.values() {
        for (at, b) in holders.iter().enumerate() {
            holders[..at].iter().for_each(|a| *counts.entry((*a, *b)).or_default() += 1);
        }
    }
    counts
}

/// What one identity looks like: how much of everything it holds, and how it came to it.
fn alone(seen: &Seen) -> Vec<f64> {
    let last = seen.steps.last().map_or(&[][..], |step| &step.held);
    let came = || seen.steps.iter().flat_map(|step| &step.came);
    let kinds = [Kind::Map, Kind::Page, Kind::Vault, Kind::Header, Kind::Node, Kind::Chunk];
    let mut numbers = vec![seen.steps.len() as f64];
    for kind in kinds {
        let held = of(last, kind);
        numbers.extend([held.clone().count() as f64, held.map(|look| look.size).sum::<usize>() as f64]);
        numbers.push(came().filter(|look| look.kind == kind).count() as f64);
    }
    numbers.push(of(last, Kind::Map).map(|map| map.count).sum::<usize>() as f64);
    numbers.push(of(last, Kind::Page).filter(|page| page.size > 4096).count() as f64);
    numbers.push(of(last, Kind::Header).map(|header| header.count).sum::<usize>() as f64);
    numbers.push(came().filter(|look| look.kind == Kind::Profile).count() as f64);
    numbers
        .push(seen.steps.iter().filter(|step| of(&step.came, Kind::Header).next().is_some()).count() as f64);
    numbers.iter().map(|number| number.ln_1p()).collect()
}

/// What happened to one identity, step by step.
fn series(seen: &Seen) -> [Vec<f64>; 4] {
    let series = |number: fn(&Step) -> usize| seen.steps.iter().map(|step| number(step) as f64).collect();
    [
        series(|step| of(&step.came, Kind::Page).count()),
        series(|step| of(&step.came, Kind::Header).map(|header| header.count).sum()),
        series(|step| of(&step.held, Kind::Page).map(|page| page.size).sum()),
        series(|step| step.came.len() + step.went.len()),
    ]
}

fn of(looks: &[Look], kind: Kind) -> impl Iterator<Item = &Look> + Clone {
    looks.iter().filter(move |look| look.kind == kind)
}

/// How alike two series run from their beginnings on, from -1 to 1 (Pearson).
fn from_the_beginning(x: &[f64], y: &[f64]) -> f64 {
    let len = x.len().min(y.len());
    alike(&x[..len], &y[..len])
}

/// The same for how they run towards their ends.
fn from_the_end(x: &[f64], y: &[f64]) -> f64 {
    let len = x.len().min(y.len());
    alike(&x[x.len() - len..], &y[y.len() - len..])
}

fn alike(x: &[f64], y: &[f64]) -> f64 {
    let (mean_x, mean_y) = (mean(x), mean(y));
    let off = x.iter().zip(y).map(|(x, y)| (x - mean_x, y - mean_y));
    let (xy, xx, yy) = off.fold((0.0, 0.0, 0.0), |(xy, xx, yy), (x, y)| (xy + x * y, xx + x * x, yy + y * y));
    if xx * yy > 0.0 { xy / (xx * yy).sqrt() } else { 0.0 }
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len().max(1) as f64
}

/// Weights of features that were brought to one scale.
struct Model {
    scale: Vec<(f64, f64)>,
    weights: Vec<f64>,
}

impl Model {
    fn of(pairs: &[Pair]) -> Self {
        let width = pairs[0].features.len();
        let scale = (0..width).map(|at| {
            let column: Vec<_> = pairs.iter().map(|pair| pair.features[at]).collect();
            let mean = mean(&column);
            let spread = column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / column.len() as f64;
            (mean, if spread > 0.0 { spread.sqrt() } else { 1.0 })
        });
        let mut model = Self { scale: scale.collect(), weights: vec![0.0; width] };
        let scaled: Vec<_> = pairs.iter().map(|pair| (model.scaled(pair), pair.are_friends)).collect();
        // Friends are few, and count as much as all others together.
        let friends = scaled.iter().filter(|(_, are_friends)| *are_friends).count() as f64;
        let others = scaled.len() as f64 - friends;
        for _ in 0..TURNS {
            let mut slope = vec![0.0; width];
            for (features, are_friends) in &scaled {
                let guess = 1.0 / (1.0 + (-dot(&model.weights, features)).exp());
                let off = if *are_friends { (1.0 - guess) / friends } else { -guess / others };
                slope.iter_mut().zip(features).for_each(|(slope, feature)| *slope += off * feature);
            }
            model.weights.iter_mut().zip(slope).for_each(|(weight, slope)| *weight += RATE * slope);
        }
        model
    }

    fn scaled(&self, pair: &Pair) -> Vec<f64> {
        pair.features.iter().zip(&self.scale).map(|(x, (mean, spread))| (x - mean) / spread).collect()
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// How often a pair of friends scores above a pair of others; equal scores count half.
fn score(model: &Model, pairs: &[Pair]) -> f64 {
    let mut scored: Vec<_> =
        pairs.iter().map(|pair| (dot(&model.weights, &model.scaled(pair)), pair.are_friends)).collect();
    scored.sort_by(|(x, _), (y, _)| x.total_cmp(y));
    let (mut above, mut others) = (0.0, 0.0);
    for same in scored.chunk_by(|(x, _), (y, _)| x == y) {
        let friends = same.iter().filter(|(_, are_friends)| *are_friends).count() as f64;
        let rest = same.len() as f64 - friends;
        above += friends * (others + rest / 2.0);
        others += rest;
    }
    above / (others * (scored.len() as f64 - others))
}
