package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"beleg/internal/casefile"
	"beleg/internal/store"
)

// An itemList is a page of items.
type itemList struct {
	Items []store.Item `json:"items"`
	Total int          `json:"total"`
	Next  int64        `json:"next,omitempty"` // to be given as before for the page that follows; 0 at the end
}

const pageSize = 50

func (d *Desk) choose(q *request) (itemList, store.Choice, error) {
	v := q.URL.Query()
	ch := store.Choice{Kind: v.Get("kind"), State: v.Get("state"), Outlet: v.Get("outlet"), Words: v.Get("q"), Limit: pageSize}
	if len(ch.Words) > 500 {
		return itemList{}, ch, &casefile.InvalidError{Field: "q", Detail: "is longer than 500 bytes; use fewer words"}
	}
	var err error
	if s := v.Get("before"); s != "" {
		if ch.Before, err = strconv.ParseInt(s, 10, 64); err != nil || ch.Before < 0 {
			return itemList{}, ch, &casefile.InvalidError{Field: "before", Detail: "must be the number that the page before gave as next"}
		}
	}
	if s := v.Get("limit"); s != "" {
		if ch.Limit, err = strconv.Atoi(s); err != nil || ch.Limit < 1 || ch.Limit > 500 {
			return itemList{}, ch, &casefile.InvalidError{Field: "limit", Detail: "must be 1 to 500"}
		}
	}
	list, total, err := d.folder().Catalogue.Choose(q.Context(), ch)
	if err != nil {
		return itemList{}, ch, err
	}
	out := itemList{Items: list, Total: total}
	if len(list) == ch.Limit {
		out.Next = int64(list[len(list)-1].Index)
	}
	return out, ch, nil
}

// An itemsView is the list with what it was chosen by.
type itemsView struct {
	itemList
	Choice  store.Choice
	Kinds   []string
	States  []string
	Graphic map[string]bool
	More    string // address of the page that follows
}

func (d *Desk) items(q *request) error {
	list, ch, err := d.choose(q)
	if err != nil {
		return err
	}
	v := itemsView{itemList: list, Choice: ch, Graphic: d.graphic(list.Items),
		Kinds:  []string{store.Broadcast, store.Clip, store.Photo, store.Article, store.Document},
		States: []string{store.Pending, store.Complete, store.Partial, store.Unreadable, store.Refused, store.Kept, store.Deleted}}
	if list.Next > 0 {
		next := url.Values{}
		for k, s := range map[string]string{"q": ch.Words, "kind": ch.Kind, "state": ch.State, "outlet": ch.Outlet, "before": strconv.FormatInt(list.Next, 10)} {
			if s != "" {
				next.Set(k, s)
			}
		}
		v.More = "/items?" + next.Encode()
	}
	return d.page(q, http.StatusOK, "items", q.words.Say("title.items"), v)
}

func (d *Desk) graphic(list []store.Item) map[string]bool {
	out := map[string]bool{}
	d.Book.Look(func(s *casefile.State) {
		for _, it := range list {
			out[it.ID] = s.Graphic(it.ID)
		}
	})
	return out
}

func (d *Desk) apiItems(q *request) error {
	list, _, err := d.choose(q)
	if err != nil {
		return err
	}
	return q.json(list)
}

// An itemView is everything about one item.
type itemView struct {
	store.History
	Decisions []casefile.Entry `json:"decisions"`
	Graphic   bool             `json:"graphic"`
	Reuses    []reuseView      `json:"reuses"`    // stretches of it that were shown before
	ShownIn   []reuseView      `json:"shown_in"`  // stretches of others that show it
	Checked   string           `json:"checked"`   // when it was last compared with the archive, "" for never
	CanCheck  bool             `json:"can_check"` // it has pictures
	Base      uint64           `json:"base"`      // of the next decision on it
	HasText   bool             `json:"has_text"`  // words were taken out of it
	Still     bool             `json:"still"`     // it is a photo
}

// itemOf finds the item that the path names, by its id or the beginning of it.
func (d *Desk) itemOf(q *request) (string, error) {
	return d.folder().Catalogue.Find(q.Context(), q.PathValue("item"))
}

func (d *Desk) itemView(q *request) (v itemView, err error) {
	id, err := d.itemOf(q)
	if err != nil {
		return v, err
	}
	ctx, cat := q.Context(), d.folder().Catalogue
	if v.History, err = cat.History(ctx, id); err != nil {
		return v, err
	}
	if v.Checked, _, err = cat.Checked(ctx, id); err != nil {
		return v, err
	}
	shows, err := d.folder().Reuses(ctx, id)
	if err != nil {
		return v, err
	}
	shown, err := d.folder().ReusesOf(ctx, id)
	if err != nil {
		return v, err
	}
	if v.Reuses, err = d.reuseViews(ctx, q.words, shows); err != nil {
		return v, err
	}
	if v.ShownIn, err = d.reuseViews(ctx, q.words, shown); err != nil {
		return v, err
	}
	v.CanCheck = v.Media != nil && (v.Media.Kind == "video" || v.Media.Kind == "photo")
	v.Still = v.Media != nil && v.Media.Kind == "photo"
	v.HasText = v.Text != nil
	on := casefile.On(casefile.OnItem, id)
	d.Book.Look(func(s *casefile.State) {
		v.Decisions, v.Graphic, v.Base = s.History(on), s.Graphic(id), s.Version(on)
	})
	return v, nil
}

func (d *Desk) apiItem(q *request) error {
	v, err := d.itemView(q)
	if err != nil {
		return err
	}
	return q.json(v)
}

func (d *Desk) item(q *request) error {
	v, err := d.itemView(q)
	if err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "item", displayName(v.Item), v)
}

// displayName is what people call an item.
func displayName(it store.Item) string {
	if it.Title != "" {
		return it.Title
	}
	return it.Name
}
