/** Published AUROCs of ChestX-ray14, to stand beside one's own, and why they can not be compared with them. */
import type { PublishedSource } from '#main/contract/evaluation';

/** In this order; arXiv:1711.05225v3, Table 2, prints all three. */
export const PUBLISHED_SOURCES: readonly PublishedSource[] = [
  { id: 'wang2017', name: 'Wang et al. 2017' },
  { id: 'yao2017', name: 'Yao et al. 2017' },
  { id: 'chexnet2017', name: 'CheXNet (Rajpurkar et al. 2017)' },
];

const AUROCS: Readonly<Record<string, readonly [wang: number, yao: number, chexnet: number]>> = {
  Atelectasis: [0.716, 0.772, 0.8094],
  Cardiomegaly: [0.807, 0.904, 0.9248],
  Effusion: [0.784, 0.859, 0.8638],
  Infiltration: [0.609, 0.695, 0.7345],
  Mass: [0.706, 0.792, 0.8676],
  Nodule: [0.671, 0.717, 0.7802],
  Pneumonia: [0.633, 0.713, 0.768],
  Pneumothorax: [0.806, 0.841, 0.8887],
  Consolidation: [0.708, 0.788, 0.7901],
  Edema: [0.835, 0.882, 0.8878],
  Emphysema: [0.815, 0.829, 0.9371],
  Fibrosis: [0.769, 0.767, 0.8047],
  Pleural_Thickening: [0.708, 0.765, 0.8062],
  Hernia: [0.767, 0.914, 0.9164],
};

export const NOT_COMPARABLE =
  'The published AUROCs are no yardstick for these: each was measured on other films. Wang et al. used another split ' +
  'of the patients than Yao et al. and CheXNet, whose test patients were drawn at random and are not published; the ' +
  "NIH's official test list is harder (0.80 to 0.82 is usual for this network there). The labels were mined from " +
  'reports and have been revised since; where findings are rarer, or films of other views, ages and devices, an AUROC ' +
  'moves by more than the differences between these columns.';

export function publishedAurocs(finding: string): Readonly<Record<string, number>> {
  const aurocs = AUROCS[finding];
  return aurocs === undefined
    ? {}
    : Object.fromEntries(PUBLISHED_SOURCES.map(({ id }, index) => [id, aurocs[index]!] as const));
}
