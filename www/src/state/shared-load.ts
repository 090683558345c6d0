/** Loads a list once at a time: calls made while it loads share one further load. */
export function sharedLoad(load: () => Promise<void>): () => Promise<void> {
  let loading: Promise<void> | undefined
  let again = false
  const run = async () => {
    do {
      again = false
      await load()
    } while (again)
  }
  return () => {
    again = loading !== undefined
    loading ??= run().finally(() => (loading = undefined))
    return loading
  }
}
