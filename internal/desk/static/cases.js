// A case that is opened gets an id that a person recognises: the words of its title before what nobody can guess.

const form = document.querySelector("form[data-new]");
form?.elements.title.addEventListener("input", (e) => {
	const words = [...(e.target.value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 12).join("-")].slice(0, 40).join("").replace(/-$/, "");
	const id = (words ? words + "-" : "") + form.dataset.new;
	form.dataset.subject = "case/" + id;
	form.dataset.next = "/cases/" + encodeURIComponent(id);
});
