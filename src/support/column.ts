/**
 * Numbers by index in a typed array that grows as needed; much smaller than an array or map. What was never set is 0.
 */
export interface Column {
  get(index: number): number;
  set(index: number, value: number): void;
}

type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

/** Makes a column of zeros with the given type of array: `column(Float64Array)`. */
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

/** A list of numbers in a typed array, to which numbers can be appended. */
export interface NumberList {
  readonly length: number;
  at(place: number): number;
  push(value: number): void;
}

/** Makes an empty list with the given type of array. */
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
