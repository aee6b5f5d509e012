// All of an asynchronous sequence, as a list (Array.fromAsync comes with Node 22).
export async function gather<T>(sequence: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of sequence) items.push(item);
  return items;
}
