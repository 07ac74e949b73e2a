/**
 * The findings of NIH ChestX-ray14, in the order of the data set (Wang et al., CVPR 2017), and their urgency.
 * A model's own outputs are those of its card; this list only says what the product knows about a name.
 */
import * as v from 'valibot';

export const NIH_FINDINGS = [
  'Atelectasis',
  'Cardiomegaly',
  'Effusion',
  'Infiltration',
  'Mass',
  'Nodule',
  'Pneumonia',
  'Pneumothorax',
  'Consolidation',
  'Edema',
  'Emphysema',
  'Fibrosis',
  'Pleural_Thickening',
  'Hernia',
] as const;

export type NihFinding = (typeof NIH_FINDINGS)[number];

/** By finding. 1 is the most urgent; `null` raises nothing, whatever its probability. */
export const UrgencyTiersSchema = v.record(
  v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  v.nullable(v.picklist([1, 2, 3])),
);

export type UrgencyTiers = Readonly<v.InferOutput<typeof UrgencyTiersSchema>>;

export type UrgencyTier = UrgencyTiers[string];

/** The tiers of the product as it comes; a site may change them. Findings not named here are tier 3. */
export const DEFAULT_URGENCY_TIERS: UrgencyTiers = {
  Pneumothorax: 1,
  Edema: 2,
  Consolidation: 2,
  Pneumonia: 2,
  Effusion: 2,
  Hernia: null,
};

export function urgencyTier(finding: string, tiers: UrgencyTiers): UrgencyTier {
  const tier = tiers[finding];
  return tier === undefined ? 3 : tier;
}

/** `Pleural_Thickening` → `Pleural thickening`: names as people read them. */
export function findingLabel(finding: string): string {
  const words = finding.replaceAll('_', ' ');
  return words.charAt(0) + words.slice(1).toLowerCase();
}
