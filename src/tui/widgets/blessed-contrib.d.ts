// blessed-contrib has types for its index only; these are of the two modules that are used (contrib-line.ts).
declare module 'blessed-contrib/lib/widget/charts/line.js' {
  const line: { readonly prototype: { setData(this: unknown, data: readonly unknown[]): void } };
  export default line;
}

declare module 'drawille-canvas-blessed-contrib' {
  const drawille: { readonly Canvas: new (width: number, height: number) => { getContext(): never } };
  export default drawille;
}
