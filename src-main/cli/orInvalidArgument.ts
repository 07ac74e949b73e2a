/** A parser of ours as one of commander's options: what it throws is told beside the option. */
import { InvalidArgumentError } from 'commander';
import { toErrorBody } from '#main/contract/errors';

export function orInvalidArgument<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(toErrorBody(error).message);
    }
  };
}
