/** Where the checkout lies. CommonJS, because what runs before the first install needs it too. */
const { join } = require('node:path');

const ROOT = join(__dirname, '..');

module.exports = { ROOT };
