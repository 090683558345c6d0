/** The names under which metadata tells a place. */

/** Names of properties in XMP, of keys in films and of texts in PNG, without their prefix. */
const PLACE_NAMES = [
  /gps/i,
  /latitude|longitude|altitude/i,
  /(^|[^A-Za-z])location|Location|(^|[^A-Z])LOCATION|sub-?location|locality/,
  /iso-?6709/i,
  /^geo(?!metr|desic)/i,
  /^(lat|lon|long|lat_long)$/i,
  /^(city|state|province|provincestate|country|countrycode|countryname|countryprimarylocationname|worldregion|landmark|coverage)$/i,
  /^(county|municipality|stateprovince|continent|island|placename)$/i,
]

/** Prefixes of vocabularies that are about places and nothing else. */
const PLACE_PREFIXES = /^(geo|wgs84_pos)$/i

/** Whether a property such as `exif:GPSLatitude` or a key such as `com.apple.quicktime.location.ISO6709` tells a place. */
export function tellsPlace(name: string): boolean {
  const colon = name.lastIndexOf(':')
  const [prefix, local] = [name.slice(0, Math.max(0, colon)), name.slice(colon + 1)]
  return PLACE_PREFIXES.test(prefix) || PLACE_NAMES.some(pattern => pattern.test(local))
}

/**
 * Words that text or a maker's own data has in it if it tells a place: labels, or a position as ISO 6709 writes it. Each
 * is long enough that a megabyte of other data does not have it by chance.
 */
const PLACE_WORDS =
  /GPS(Lat|Lon|Pos|Coo|Inf|Alt|Dat|Tim|Are|Map|Ver|[59UPFA]|[ :_(-]+[A-Za-z0-9+-])|[Ll]atitude|[Ll]ongitude|LATITUDE|LONGITUDE|[Gg]eo[Ll]ocation|ISO6709|[+-]\d{2}\.\d{3,}[+-]\d{3}\.\d{3,}/

/** Whether a text, or data of a form that we do not know, seems to tell a place. */
export const mentionsPlace = (text: string): boolean => PLACE_WORDS.test(text)
