/** Packages without types of their own: only what we use of them. */
