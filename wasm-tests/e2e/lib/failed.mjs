// A reporter for `node --test`: the name of each failed test on a line. A file that ends early is named by its path.
export default async function* failed(events) {
  for await (const { type, data } of events) {
    if (type === 'test:fail') yield `${data.name}\n`
  }
}
