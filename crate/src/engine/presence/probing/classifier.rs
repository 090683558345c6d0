//! Tells two halves of a world apart by what was measured of each member, as well as it can.

/// Parts into which the members are cut: each is judged by what was learned from the others.
const FOLDS: usize = 5;

/// Steps of learning, and how long each is.
const STEPS: usize = 200;
const RATE: f64 = 0.5;

/// What was measured of one member, and which half it is of.
pub(super) struct Member {
    pub(super) features: Vec<f64>,
    pub(super) is_it: bool,
}

/// The area under the ROC curve: how often a member of the one half has a higher score than one of the other half. Two
/// equal scores count as half a hit, so a score that says nothing gives 0.5.
pub(super) fn auc(scores: &[f64], is_it: &[bool]) -> f64 {
    let of =
        |half: bool| scores.iter().zip(is_it).filter(move |(_, it)| **it == half).map(|(score, _)| *score);
    let mut others: Vec<_> = of(false).collect();
    others.sort_by(f64::total_cmp);
    let (mut hits, mut count) = (0.0, 0.0);
    for score in of(true) {
        let below = others.partition_point(|other| *other < score);
        let not_above = others.partition_point(|other| *other <= score);
        hits += (below + not_above) as f64 / 2.0;
        count += others.len() as f64;
    }
    hits / count
}

/// The best that one feature says by itself, whichever way it points.
pub(super) fn best_feature(members: &[Member]) -> f64 {
    let is_it: Vec<_> = members.iter().map(|member| member.is_it).collect();
    let of = |at: usize| members.iter().map(|member| member.features[at]).collect::<Vec<_>>();
    let all = (0..members[0].features.len()).map(|at| auc(&of(at), &is_it));
    all.map(|auc| auc.max(1.0 - auc)).fold(0.5, f64::max)
}

/// What a logistic regression over all features says, of members of which it has learned nothing.
pub(super) fn cross_validated(members: &[Member]) -> f64 {
    // Of both halves as many are in each part.
    let mut counts = [0; 2];
    let parts: Vec<_> = members
        .iter()
        .map(|member| {
            let count = &mut counts[usize::from(member.is_it)];
            *count += 1;
            *count % FOLDS
        })
        .collect();
    let mut scores = vec![0.0; members.len()];
    for part in 0..FOLDS {
        let others = members.iter().zip(&parts).filter(|(_, of)| **of != part).map(|(member, _)| member);
        let weights = learn(&others.collect::<Vec<_>>());
        for (at, member) in members.iter().enumerate().filter(|(at, _)| parts[*at] == part) {
            scores[at] = weights.score(&member.features);
        }
    }
    auc(&scores, &members.iter().map(|member| member.is_it).collect::<Vec<_>>())
}

struct Weights {
    mean: Vec<f64>,
    /// One over the deviation; 0 for a feature that is the same everywhere.
    scale: Vec<f64>,
    weights: Vec<f64>,
}

impl Weights {
    fn score(&self, features: &[f64]) -> f64 {
        let terms = features.iter().zip(&self.mean).zip(&self.scale).zip(&self.weights);
        terms.map(|(((feature, mean), scale), weight)| (feature - mean) * scale * weight).sum()
    }
}

fn learn(members: &[&Member]) -> Weights {
    let (features, count) = (members[0].features.len(), members.len() as f64);
    let mean: Vec<f64> = (0..features)
        .map(|at| members.iter().map(|member| member.features[at]).sum::<f64>() / count)
        .collect();
    let deviation = |at: usize| {
        let squares = members.iter().map(|member| (member.features[at] - mean[at]).powi(2));
        (squares.sum::<f64>() / count).sqrt()
    };
    let scale = (0..features).map(deviation).map(|by| if by > 1e-9 { 1.0 / by } else { 0.0 }).collect();
    let mut learned = Weights { mean, scale, weights: vec![0.0; features] };
    for _ in 0..STEPS {
        let mut steps = vec![0.0; features];
        for member in members {
            let guess = 1.0 / (1.0 + (-learned.score(&member.features)).exp());
            let miss = f64::from(u8::from(member.is_it)) - guess;
            for (at, step) in steps.iter_mut().enumerate() {
                *step += miss * (member.features[at] - learned.mean[at]) * learned.scale[at] / count;
            }
        }
        learned.weights.iter_mut().zip(steps).for_each(|(weight, step)| *weight += RATE * step);
    }
    learned
}

#[test]
fn a_sign_that_is_there_is_found_and_noise_is_not_taken_for_one() {
    let member = |n: usize| Member {
        features: vec![1.0, (n * 7919 % 101) as f64, if n % 10 < 4 { (n % 2) as f64 } else { 0.5 }],
        is_it: n % 2 == 1,
    };
    let mut members: Vec<_> = (0..1000).map(member).collect();
    assert!(best_feature(&members) > 0.65 && cross_validated(&members) > 0.65);
    members.iter_mut().for_each(|member| member.features.truncate(2));
    assert!(best_feature(&members) < 0.55 && cross_validated(&members) < 0.55);
    members.iter_mut().for_each(|member| member.features.truncate(1));
    assert_eq!((best_feature(&members), cross_validated(&members)), (0.5, 0.5));
}
