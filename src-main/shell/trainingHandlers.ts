/** The calls of the training page. */
import type { ApiArgument, ApiHandlers } from '#main/contract/api';
import { RECIPE_NAMES } from '#main/contract/run';
import type { TrainingState } from '#main/contract/training';
import { RECIPES } from '#main/workflows/training/planRun';
import type { HandlerContext } from './handlers';
import type { Trainer } from './trainer';

type TrainingCall = 'getTraining' | 'listRuns' | 'listRecipes' | 'planRun' | 'controlRun' | 'resumeRun';

const CONTROLS: Readonly<Record<ApiArgument<'controlRun'>['to'], (trainer: Trainer) => TrainingState>> = {
  begin: (trainer) => trainer.begin(),
  pause: (trainer) => trainer.pause(true),
  continue: (trainer) => trainer.pause(false),
  stop: (trainer) => trainer.stop(),
  night: (trainer) => trainer.setNightOnly(true),
  always: (trainer) => trainer.setNightOnly(false),
};

export function trainingHandlers({ workplace, trainer }: HandlerContext): Pick<ApiHandlers, TrainingCall> {
  // Promised, so that what is thrown at once is a rejection like any other.
  return {
    getTraining: () => Promise.resolve(trainer.state),
    listRuns: () => workplace.runs.list(),
    listRecipes: () => Promise.resolve(RECIPE_NAMES.map((name) => ({ name, summary: RECIPES[name].summary }))),
    planRun: (argument) =>
      Promise.resolve().then(() =>
        trainer.plan({
          ...argument,
          ...{ uncertain: 'ignore', seed: 1, split: null, validationPatients: null, augmentation: {} },
          values: argument.epochs === null ? {} : { epochs: argument.epochs },
        }),
      ),
    controlRun: ({ to }) => Promise.resolve().then(() => CONTROLS[to](trainer)),
    resumeRun: ({ id }) => Promise.resolve().then(() => trainer.resume(id)),
  };
}
