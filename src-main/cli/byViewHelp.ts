/** What cut-offs by view are and take, for the help of the commands that choose them. */
import { OWN_CUTOFFS_TAKE } from '#main/contract/cutoffs';

const { films, positives, negatives, alarms } = OWN_CUTOFFS_TAKE;

export const BY_VIEW_HELP = `
Cut-offs by view: AP is how patients are taken who can not stand, and one cut-off for both views flags more of the normal
AP films. A view gets cut-offs of its own from ${films} films on, a finding in it from ${positives} films with it and ${negatives} without it on, an
alarm budget from ${alarms} alarms on that it allows for in either view; what has fewer takes the cut-off common to all
films, and so do films whose view is not known. The view is what the labels say, else the film's header.`;
