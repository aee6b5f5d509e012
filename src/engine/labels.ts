// Whether something has a label that a filter asks for, as Docker writes it. Pure.

/** "name", or "name=value". */
export function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const [name = '', value] = label.split(/=(.*)/s);
  return Object.hasOwn(labels, name) && (value === undefined || labels[name] === value);
}
