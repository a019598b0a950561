import type { Message, Problem } from '../bindings';

export function problem(message: Message, over: Partial<Problem> = {}): Problem {
  return { message, field: null, violations: [], ...over };
}
