using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Simulation;

/// <summary>What the journal's server has on its disk: a double in memory that passes the conformance suite of all journals.</summary>
/// <param name="id">The journal's id.</param>
/// <param name="losesSynced">A mistake for the tests: the last groups that were answered are gone after a crash, as without a sync.</param>
internal sealed class JournalDisk(string id, bool losesSynced)
{
    private const int GroupsLost = 3;

    private readonly List<List<JournalWrite>> _groups = [];

    public MemoryJournal Journal { get; private set; } = Create(id);

    public void BeginGroup()
    {
        if (losesSynced)
            _groups.Add([]);
    }

    public JournalResult Apply(JournalWrite write)
    {
        if (losesSynced)
            _groups[^1].Add(write);
        return Sync.Result(write.Apply(Journal));
    }

    public void Crash()
    {
        if (!losesSynced)
            return;
        _groups.RemoveRange(Math.Max(0, _groups.Count - GroupsLost), Math.Min(GroupsLost, _groups.Count));
        Journal = Create(id);
        foreach (var write in _groups.SelectMany(group => group))
            Sync.Result(write.Apply(Journal));
    }

    private static MemoryJournal Create(string id) => new(new MemoryJournalStore(id));
}
