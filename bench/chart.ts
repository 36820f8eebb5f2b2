// A chart of bars as SVG: groups of horizontal bars on a logarithmic scale. Written for light and dark pages alike.

/** One colour of the chart. */
export interface Series {
  readonly id: string;
  readonly name: string;
}

export interface Group {
  readonly name: string;
  /** By series; nothing is drawn where there is none. */
  readonly values: Readonly<Record<string, number>>;
}

export interface Chart {
  readonly title: string;
  /** Below the title: where the numbers come from. */
  readonly subtitle: string;
  readonly series: readonly Series[];
  readonly groups: readonly Group[];
  readonly label: (value: number) => string;
}

/** Distinguishable for everybody (Okabe and Ito), on white and on black. */
const COLOURS = ['#0072b2', '#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#999999'] as const;

const WIDTH = 900;
const LEFT = 256;
const RIGHT = 70;
const TOP = 96;
const BAR = 11;
const GAP = 12;
const FOOT = 26;

const STYLE = `text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 15px; font-weight: 600; }
.small, .tick { font-size: 10.5px; fill: #57606a; }
.grid { stroke: #d0d7de; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.small, .tick { fill: #9198a1; }
.grid { stroke: #3d444d; }
}`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const rounded = (value: number): string => String(Math.round(value * 10) / 10);

/** Powers of ten around all values; at least one decade. */
export function decadesOf(values: readonly number[]): { readonly from: number; readonly to: number } {
  const exponents = values.filter((value) => value > 0).map(Math.log10);
  if (exponents.length === 0) return { from: 0, to: 1 };
  const from = Math.floor(Math.min(...exponents));
  return { from, to: Math.max(from + 1, Math.ceil(Math.max(...exponents))) };
}

type Scale = (value: number) => number;

function gridOf(from: number, to: number, x: Scale, bottom: number, label: Chart['label']): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index)).flatMap((value) => [
    `<line class="grid" x1="${rounded(x(value))}" x2="${rounded(x(value))}" y1="${TOP - 6}" y2="${rounded(bottom)}"/>`,
    `<text class="tick" x="${rounded(x(value))}" y="${rounded(bottom + 14)}" text-anchor="middle">${label(value)}</text>`,
  ]);
}

function legendOf(series: readonly Series[]): string[] {
  return series.flatMap(({ name }, index) => {
    const left = 16 + index * 124;
    return [
      `<rect x="${left}" y="64" width="11" height="11" fill="${COLOURS[index] ?? '#999999'}"/>`,
      `<text x="${left + 16}" y="74">${escaped(name)}</text>`,
    ];
  });
}

/** The bars of a group from `y` on, and where the next group begins. */
function groupOf(group: Group, y: number, x: Scale, { series, label }: Chart): { lines: string[]; end: number } {
  const drawn = series.flatMap(({ id }, index) => {
    const value = group.values[id];
    return value === undefined ? [] : [{ value, colour: COLOURS[index] ?? '#999999' }];
  });
  const height = drawn.length * BAR;
  const lines = [
    `<text x="${LEFT - 10}" y="${rounded(y + height / 2 + 4)}" text-anchor="end">${escaped(group.name)}</text>`,
  ];
  for (const [index, { value, colour }] of drawn.entries()) {
    const top = y + index * BAR;
    const width = Math.max(1, x(value) - LEFT);
    lines.push(
      `<rect x="${LEFT}" y="${rounded(top)}" width="${rounded(width)}" height="${BAR - 1.5}" fill="${colour}"/>`,
      `<text class="small" x="${rounded(LEFT + width + 4)}" y="${rounded(top + BAR - 2)}">${escaped(label(value))}</text>`,
    );
  }
  return { lines, end: y + height + GAP };
}

export function svgOf(chart: Chart): string {
  const { title, subtitle, series, groups, label } = chart;
  const { from, to } = decadesOf(groups.flatMap(({ values }) => Object.values(values)));
  const x: Scale = (value) => LEFT + ((Math.log10(value) - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const bars: string[] = [];
  let y = TOP;
  for (const group of groups) {
    const { lines, end } = groupOf(group, y, x, chart);
    bars.push(...lines);
    y = end;
  }
  const height = y + FOOT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${rounded(height)}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="16" y="26">${escaped(title)}</text>`,
    `<text class="small" x="16" y="46">${escaped(subtitle)}</text>`,
    ...legendOf(series),
    ...gridOf(from, to, x, y - GAP / 2, label),
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}
