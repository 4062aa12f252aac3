/** Numbers by a small whole number, which grow with what is set; much smaller than an array or a map of them. */
export interface Column {
  get(index: number): number;
  set(index: number, value: number): void;
}

type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

/** A column of zeros, as wide as the given kind of numbers: `column(Float64Array)`. */
export function column(kind: new (length: number) => Numbers): Column {
  let numbers = new kind(64);
  return {
    get: (index) => numbers[index] ?? 0,
    set(index, value) {
      if (index >= numbers.length) numbers = grown(kind, numbers, index + 1);
      numbers[index] = value;
    },
  };
}

/** A list of numbers that grows at its end. */
export interface NumberList {
  readonly length: number;
  at(place: number): number;
  push(value: number): void;
}

export function numberList(kind: new (length: number) => Numbers): NumberList {
  const numbers = column(kind);
  let length = 0;
  return {
    get length() {
      return length;
    },
    at: numbers.get,
    push: (value) => numbers.set(length++, value),
  };
}

function grown(kind: new (length: number) => Numbers, numbers: Numbers, least: number): Numbers {
  const larger = new kind(Math.max(least, Math.ceil(numbers.length * 1.5)));
  larger.set(numbers);
  return larger;
}
