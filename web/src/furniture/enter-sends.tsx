/** Makes Enter in a field send the form, where the button that sends it stands outside of the form: in the foot of its dialog. */
export const EnterSends = () => <input type="submit" hidden />;
