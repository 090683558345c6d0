//! The list of an object's fields, from which both directions of its encoding follow.

/// Declares an object, and implements [`Value`](super::Value) for it: every field stands in the list once.
///
/// A `struct` becomes a map, with each field under its own name. Attributes stand in this order:
///
/// - on the struct, after its documentation and `derive`:
///   - `version(1, "root")` writes and asks for `v`; the text names the object in [`DecodeError::Newer`];
///   - `signed("root", LIMIT)` implements [`Signed`](super::signed::Signed);
///   - `decode("node", LIMIT)` adds a `decode` that refuses larger bytes before it reads them;
///   - `check(function)` is asked last, about the object as a whole;
/// - on a field, after its documentation:
///   - `key("pk")` is the key where it is not the field's name;
///   - `max(LIMIT)` bounds its characters, bytes or elements, which are counted first;
///   - `form(Row)` is its [`Form`](super::fields::Form) where that is not `Plain`;
///   - `check(function, …)` is asked about the value; its error is within the field.
///
/// `..extra` at the end keeps the keys that this version does not know.
///
/// An `enum` becomes a [`Form`](super::fields::Form) of the name `Tagged`: the tag of its variant stands under the
/// key of the field, and the variant's own fields beside it. `..Other` keeps the object if this version does not know
/// its tag.
///
/// Serde's derives do not serve here: `flatten`, which unknown keys need, loses links, and Serde neither asks for
/// the version first nor says which rule a field breaks.
///
/// [`DecodeError::Newer`]: super::DecodeError::Newer
macro_rules! object {
    (
        $(#[doc = $doc:literal])*
        #[derive($($derive:ident),*)]
        $(#[version($version:literal, $what:literal)])?
        $(#[signed($type:literal, $signed:expr)])?
        $(#[decode($name:literal, $limit:expr)])?
        $(#[check($whole:expr)])?
        $vis:vis struct $Object:ident {
            $(
                $(#[doc = $field_doc:literal])*
                $(#[key($key:literal)])?
                $(#[max($max:expr)])?
                $(#[form($form:ty)])?
                $(#[check($($check:expr),+)])?
                $field_vis:vis $field:ident: $T:ty,
            )*
            $(..$extra:ident)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive($($derive),*)]
        $vis struct $Object {
            $($(#[doc = $field_doc])* $field_vis $field: $T,)*
            $(
                /// Keys of a later version.
                pub $extra: $crate::format::Extra,
            )?
        }

        object! {
            @value $Object $([$version, $what])? $(check($whole))?;
            $(($field: $T, [$($key)?] [$($max)?] [$($form)?] [$($($check),+)?]))*
            $(..$extra)?
        }

        $(impl $crate::format::signed::Signed for $Object {
            const TYPE: &'static str = $type;
            const LIMIT: usize = $signed;
        })?

        $(object!(@decode $Object, $name, $limit);)?
    };
    // A struct around one field.
    (
        $(#[doc = $doc:literal])*
        #[derive($($derive:ident),*)]
        #[version($version:literal, $what:literal)]
        $(#[decode($name:literal, $limit:expr)])?
        $vis:vis struct $Object:ident(
            #[key($key:literal)]
            $(#[max($max:expr)])?
            $(#[form($form:ty)])?
            $(#[check($($check:expr),+)])?
            $field_vis:vis $T:ty
        );
    ) => {
        $(#[doc = $doc])*
        #[derive($($derive),*)]
        $vis struct $Object($field_vis $T);

        object! {
            @value $Object [$version, $what];
            (0: $T, [$key] [$($max)?] [$($form)?] [$($($check),+)?])
        }

        $(object!(@decode $Object, $name, $limit);)?
    };
    (
        $(#[doc = $doc:literal])*
        #[derive($($derive:ident),*)]
        $vis:vis enum $Object:ident {
            $(
                $(#[doc = $kind_doc:literal])*
                #[tag($tag:literal)]
                $Kind:ident $({
                    $(
                        $(#[doc = $field_doc:literal])*
                        $(#[key($key:literal)])?
                        $(#[max($max:expr)])?
                        $(#[form($form:ty)])?
                        $(#[check($($check:expr),+)])?
                        $field:ident: $T:ty,
                    )*
                })? $((#[key($one_key:literal)] $One:ty))?,
            )*
            ..Other
        }
    ) => {
        $(#[doc = $doc])*
        #[derive($($derive),*)]
        $vis enum $Object {
            $(
                $(#[doc = $kind_doc])*
                $Kind $({ $($(#[doc = $field_doc])* $field: $T,)* })? $(($One))?,
            )*
            /// A kind that this version does not know: skipped, and kept as it is.
            Other(ipld_core::ipld::Ipld),
        }

        /// The tag of a variant under one key, its fields beside it.
        pub(crate) struct Tagged;

        impl $crate::format::fields::Form<$Object> for Tagged {
            fn put(value: &$Object, key: &str, map: &mut $crate::format::Extra) {
                match value {
                    $($Object::$Kind { $($($field,)*)? $(0: object!(@bind one $One))? } => {
                        object!(@put map, key, &$tag.to_owned(), String, [] []);
                        $($(object!(@put map, stringify!($field), $field, $T, [$($key)?] [$($form)?]);)*)?
                        $(object!(@put map, "", one, $One, [$one_key] []);)?
                    })*
                    $Object::Other(ipld_core::ipld::Ipld::Map(other)) => map.extend(other.clone()),
                    $Object::Other(_) => (),
                }
            }

            fn take(
                fields: &mut $crate::format::fields::Fields,
                key: &str,
                _: usize,
            ) -> Result<$Object, $crate::format::DecodeError> {
                let all = fields.remaining().clone();
                match fields.take::<String>(key)?.as_str() {
                    $($tag => Ok($Object::$Kind {
                        $($($field: object!(
                            @take fields, stringify!($field), $T, [$($key)?] [$($max)?] [$($form)?] [$($($check),+)?]
                        ),)*)?
                        $(0: object!(@take fields, "", $One, [$one_key] [] [] []),)?
                    }),)*
                    _ => Ok($Object::Other(ipld_core::ipld::Ipld::Map(all))),
                }
            }
        }
    };
    (
        @value $Object:ident $([$version:literal, $what:literal])? $(check($whole:expr))?;
        $(($field:tt: $T:ty, $key:tt $max:tt $form:tt $check:tt))*
        $(..$extra:ident)?
    ) => {
        impl $crate::format::Value for $Object {
            fn to_ipld(&self) -> ipld_core::ipld::Ipld {
                let mut map = object!(@or [$(self.$extra.clone())?] [$crate::format::Extra::new()]);
                $(map.insert("v".to_owned(), ipld_core::ipld::Ipld::Integer($version));)?
                $(object!(@put &mut map, stringify!($field), &self.$field, $T, $key $form);)*
                ipld_core::ipld::Ipld::Map(map)
            }

            fn from_ipld(value: ipld_core::ipld::Ipld) -> Result<Self, $crate::format::DecodeError> {
                let mut fields = object!(
                    @or [$($crate::format::fields::Fields::versioned(value, $what, $version)?.1)?]
                    [$crate::format::fields::Fields::of(value)?]
                );
                let object = Self {
                    $($field: object!(@take &mut fields, stringify!($field), $T, $key $max $form $check),)*
                    $($extra: fields.rest(),)?
                };
                $($whole(&object)?;)?
                Ok(object)
            }
        }
    };
    (@decode $Object:ident, $name:literal, $limit:expr) => {
        impl $Object {
            /// Reads the object, and refuses what is over its limit. Nothing sealed in it is opened.
            pub fn decode(bytes: &[u8]) -> Result<Self, $crate::format::DecodeError> {
                $crate::format::error::check_size($name, bytes, $limit)?;
                $crate::format::Value::from_bytes(bytes)
            }
        }
    };
    (@put $map:expr, $name:expr, $value:expr, $T:ty, $key:tt $form:tt) => {
        <object!(@form $form) as $crate::format::fields::Form<$T>>::put($value, object!(@or $key [$name]), $map)
    };
    (@take $fields:expr, $name:expr, $T:ty, $key:tt $max:tt $form:tt [$($check:expr),*]) => {{
        let key = object!(@or $key [$name]);
        let max = object!(@or $max [usize::MAX]);
        let value = <object!(@form $form) as $crate::format::fields::Form<$T>>::take($fields, key, max)?;
        $($check(&value).map_err(|e| $crate::format::DecodeError::from(e).within(key))?;)*
        value
    }};
    (@bind $name:ident $T:ty) => { $name };
    (@form []) => { $crate::format::fields::Plain };
    (@form [$form:ty]) => { $form };
    (@or [] [$($default:tt)*]) => { $($default)* };
    (@or [$($given:tt)+] $default:tt) => { $($given)+ };
}
pub(super) use object;

/// Implements [`Value`](super::Value) for an enum of words; the error is for a word that this version does not know.
macro_rules! words {
    ($Type:ident { $($Variant:ident = $word:literal),* } else $unknown:expr) => {
        impl $crate::format::Value for $Type {
            fn to_ipld(&self) -> ipld_core::ipld::Ipld {
                match self {
                    $(Self::$Variant => $word.to_owned().to_ipld(),)*
                }
            }

            fn from_ipld(value: ipld_core::ipld::Ipld) -> Result<Self, $crate::format::DecodeError> {
                match String::from_ipld(value)?.as_str() {
                    $($word => Ok(Self::$Variant),)*
                    _ => Err($unknown),
                }
            }
        }
    };
}
pub(super) use words;

#[cfg(test)]
mod tests {
    use ipld_core::ipld;
    use ipld_core::ipld::Ipld;

    use crate::format::fields::{maybe, not_empty, rising};
    use crate::format::{DecodeError, Fault, Value};

    object! {
        /// Has an attribute of each kind.
        #[derive(Clone, Debug, PartialEq)]
        #[version(1, "thing")]
        #[check(|thing: &Self| Fault::Contradiction.unless(thing.size != 7).map_err(|e| DecodeError::at("s", e)))]
        struct Thing {
            /// Under another name.
            #[key("s")]
            size: u64,
            #[max(2)]
            name: String,
            #[max(2)]
            #[check(maybe(|list: &Vec<u64>| rising(list)), maybe(|list: &Vec<u64>| not_empty(list)))]
            list: Option<Vec<u64>>,
            #[key("k")]
            #[form(Tagged)]
            says: Says,
            ..extra
        }
    }

    object! {
        /// Has a variant of each shape.
        #[derive(Clone, Debug, PartialEq)]
        enum Says {
            #[tag("many")]
            Many {
                #[key("n")]
                #[check(|n: &u64| Fault::Range.unless(*n < 10))]
                number: u64,
            },
            #[tag("one")]
            One(#[key("n")] u64),
            #[tag("none")]
            None,
            ..Other
        }
    }

    fn fault(value: Ipld) -> (String, Fault) {
        match Thing::from_ipld(value).expect_err("it breaks a rule") {
            DecodeError::Field { field, fault } => (field, fault),
            other => panic!("no field is named: {other}"),
        }
    }

    #[test]
    fn what_is_read_is_written_back_with_the_keys_that_nobody_knows() {
        for value in [
            ipld!({ "v": 1, "s": 1, "name": "ab", "list": [1, 2], "k": "many", "n": 3, "later": true }),
            ipld!({ "v": 1, "s": 1, "name": "ab", "k": "one", "n": 3 }),
            ipld!({ "v": 1, "s": 1, "name": "ab", "k": "none" }),
            ipld!({ "v": 1, "s": 1, "name": "ab", "k": "later", "n": "any", "more": [true] }),
        ] {
            assert_eq!(Thing::from_ipld(value.clone()).expect("it breaks no rule").to_ipld(), value);
        }
    }

    #[test]
    fn a_broken_rule_names_its_key() {
        let good = ipld!({ "v": 1, "s": 1, "name": "ab", "list": [1, 2], "k": "many", "n": 3 });
        let with = |key: &str, value: Option<Ipld>| {
            let Ipld::Map(mut map) = good.clone() else { panic!("an object is a map") };
            map.remove(key);
            map.extend(value.map(|value| (key.to_owned(), value)));
            fault(Ipld::Map(map))
        };
        for key in ["v", "s", "name", "k", "n"] {
            assert_eq!(with(key, None), (key.to_owned(), Fault::Missing));
        }
        for (key, value, fault) in [
            ("v", ipld!(0), Fault::Range),
            ("s", ipld!("1"), Fault::Kind("an integer")),
            ("s", ipld!(7), Fault::Contradiction),
            ("name", ipld!("abc"), Fault::TooLong(2)),
            ("name", ipld!([1, 2, 3]), Fault::Kind("text")),
            ("list", ipld!(["not", "looked", "at"]), Fault::TooLong(2)),
            ("list", ipld!([2, 1]), Fault::Order),
            ("list", ipld!([]), Fault::TooFew(1)),
            ("n", ipld!(10), Fault::Range),
        ] {
            assert_eq!(with(key, Some(value)), (key.to_owned(), fault));
        }
    }

    #[test]
    fn a_later_version_is_known_before_any_field_is_looked_at() {
        let later = Thing::from_ipld(ipld!({ "v": 2, "s": "text" }));
        assert_eq!(later, Err(DecodeError::Newer { what: "thing" }));
    }
}
