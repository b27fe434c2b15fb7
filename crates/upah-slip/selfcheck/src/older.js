// What the libraries below use, and browsers before 2021 lack. Imported first.
if (!Object.hasOwn) {
  Object.hasOwn = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
}
