/**
 * The codes of View Code Sequence: DICOM PS3.16 CID 4010 "DX View", in SNOMED CT (SCT) and in the older SNOMED RT
 * identifiers (SRT, SNM3, 99SDM), as names that ViewPosition might have.
 */
const CODES: Readonly<Record<string, readonly string[]>> = {
  AP: ['R-10206', '399348003'],
  PA: ['R-10214', 'R-40888', '272479007'],
  FRONTAL: ['R-10202', '399033003'],
  LL: ['R-10236', '399173006'],
  RL: ['R-10232', '399198007'],
  LATERAL: ['R-102CD', 'G-A104', '399067008', '49370004'],
  'LATERO-MEDIAL': ['R-10228', 'G-5221', '399352003', '399300004'],
  'MEDIO-LATERAL': ['R-10224', 'G-5220', '399260004', '399012007'],
  SAGITTAL: ['G-A145', '30730003'],
  LAO: ['R-10220', 'G-5207', '399135007', '399074003'],
  RAO: ['R-40985', 'G-5206', '399356000', '399108003'],
  LPO: ['R-10212', 'G-5209', '399006002', '399136008'],
  RPO: ['R-10210', 'G-5208', '399038007', '399075002'],
  OBLIQUE: [
    ...['R-102C1', 'R-10516', 'G-A472', '399182000', '399366008', '21114003'],
    ...['R-10204', '399160007', 'R-10208', '399312000', 'R-10216', '399059000'],
    ...['R-10234', '399236003', 'R-10238', '399184004', 'R-40782', '260426006', 'R-40783', '260427002'],
    ...['R-10230', 'G-5225', '399099002', '399159002', 'R-10226', 'G-5224', '399368009', '399268006'],
    ...['R-10248', '399288005', 'R-10250', '399225005'],
  ],
  AXIAL: [
    ...['R-10241', 'G-A147', '399061009', '24422004', 'R-10246', 'G-5210', '399004004', '399089007'],
    ...['R-10252', '399132005', 'R-10254', 'G-5212', '399325008', '399273000'],
  ],
  'CRANIO-CAUDAL': ['R-10242', '399162004'],
  'CAUDO-CRANIAL': ['R-10244', '399196006'],
  TANGENTIAL: ['R-102C2', '399110001'],
};

const SCHEMES = new Set(['SCT', 'SRT', 'SNM3', '99SDM']);

const NAMES = new Map(Object.entries(CODES).flatMap(([name, codes]) => codes.map((code) => [code, name] as const)));

/** '' for a code or a scheme that is not known. */
export function viewOfCode(codeValue: string, scheme: string): string {
  return SCHEMES.has(scheme.toUpperCase()) ? (NAMES.get(codeValue.toUpperCase()) ?? '') : '';
}
