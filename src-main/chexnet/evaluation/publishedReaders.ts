/** What the paper's own readers and its network reached, to show the form that such a result has. */
import type { PublishedReaderStudy } from '#main/contract/readerStudy';

/** Rajpurkar et al. 2017 (arXiv:1711.05225), section 3 and table 1. */
export const PUBLISHED_READERS: PublishedReaderStudy = {
  name: 'CheXNet (Rajpurkar et al. 2017, table 1)',
  finding: 'Pneumonia',
  films: 420,
  bootstraps: 10_000,
  raters: [
    { rater: 'Radiologist 1', value: 0.383, low: 0.309, high: 0.453 },
    { rater: 'Radiologist 2', value: 0.356, low: 0.282, high: 0.428 },
    { rater: 'Radiologist 3', value: 0.365, low: 0.291, high: 0.435 },
    { rater: 'Radiologist 4', value: 0.442, low: 0.39, high: 0.492 },
    { rater: 'Radiologists, mean', value: 0.387, low: 0.33, high: 0.442 },
    { rater: 'CheXNet', value: 0.435, low: 0.387, high: 0.481 },
    { rater: 'CheXNet − mean', value: 0.051, low: 0.005, high: 0.084 },
  ],
  notComparable:
    'An example of the form, not a bar to reach: F1 depends on how many films are positive and on who labelled them. ' +
    "The paper's fourth radiologist reached more than its network.",
};
