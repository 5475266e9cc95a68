"""The versions of the dataset that the dialog asks about: every evaluation makes one, so there may be thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.widget.platform.paging import VERSIONS, distinct, unless_refused

if TYPE_CHECKING:
    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.pages import Listing
    from clarifai_eval_widget.client.resources import Dataset, DatasetVersion

__all__ = ["DatasetVersions"]


class DatasetVersions:
    """Reads them page by page, for one dataset after another. Talks gRPC: call it on a lane."""

    def __init__(self) -> None:
        self._of: tuple[EvalClient, Dataset] | None = None
        self._listing: Listing[DatasetVersion] | None = None
        self.read: list[DatasetVersion] = []
        """Those read so far."""

    @property
    def goes_on(self) -> bool:
        """Whether the server has more."""
        return self._listing is not None and not self._listing.is_whole

    def begin(self, client: EvalClient, dataset: Dataset) -> None:
        """Read the first of a dataset, anew where its latest version is asked about, and the one that is meant.

        Raises
        ------
        EvalError
            When they cannot be listed.
        """
        same = self._of is not None and (self._of[0], self._of[1].key) == (client, dataset.key)
        before = self.read if same else None
        if before is None or not dataset.version_id:
            self._of, self._listing, self.read = None, None, []
            listing = client.paged_dataset_versions(dataset, at_most=VERSIONS)
            found = listing.next()
            kept = before if before is not None and not listing.is_whole else []
            self._of, self._listing = (client, dataset), listing
            self.read = distinct([*found, *kept])
        self._look_for(dataset.means_version_id)

    def read_on(self, search: str) -> None:
        """Read the next page; what is typed may be a version's whole id."""
        if self._listing is None or (search and self._look_for(search)):
            return
        self.read = distinct([*self.read, *self._listing.next()])

    def _look_for(self, version_id: str) -> bool:
        """Ask for one that has not come yet in a list that goes on, and say whether it is there."""
        if not self.goes_on or self._of is None or not version_id:
            return False
        client, dataset = self._of
        if version_id in [one.id for one in self.read]:
            return True
        found = unless_refused(lambda: [client.dataset_version(dataset, version_id)])
        self.read = [*self.read, *found]
        return bool(found)
