using System.Runtime.InteropServices;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// All heads, as they are committed and as the transaction under way leaves them: the lock on the folder makes this process
/// the only writer. About 350 bytes a partition. Used by the writer thread alone.
/// </summary>
/// <param name="table">Where they are stored.</param>
/// <param name="foldEvery"><see cref="SqliteJournalOptions.NewHeadsMax"/>.</param>
internal sealed class HeadCache(PartitionsTable table, int foldEvery)
{
    private readonly Dictionary<PartitionId, PartitionHead> _committed = [];
    private readonly Dictionary<PartitionId, PartitionHead> _changed = [];

    /// <summary>The committed heads of keys 1, 2, ….</summary>
    private readonly List<PartitionHead> _byKey = [];

    /// <summary>The number of partitions of each source whose number is known.</summary>
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    private readonly Dictionary<string, int> _changedCounts = new(StringComparer.Ordinal);

    /// <summary>Partitions with newer heads than their rows in the table of partitions.</summary>
    private readonly HashSet<PartitionId> _unfolded = [];

    private int _newRows;

    /// <summary>Rows above <see cref="SqliteJournalOptions.NewHeadsMax"/> that are let grow, since folding them failed.</summary>
    private int _spared;

    /// <summary>So many newer heads wait that they are to be folded.</summary>
    public bool IsFoldDue => _newRows >= foldEvery + _spared;

    /// <summary>Begins with what the database holds.</summary>
    public void Load()
    {
        foreach (var head in table.All())
        {
            _committed.Add(head.Id, head);
            _byKey.Add(head);
            if (head.PartitionCount > _counts.GetValueOrDefault(head.Id.Source))
                _counts[head.Id.Source] = head.PartitionCount;
        }

        foreach (var key in table.Newer())
        {
            _unfolded.Add(_byKey[key - 1].Id);
            _newRows++;
        }
    }

    public PartitionHead? Find(PartitionId id) =>
        _changed.TryGetValue(id, out var changed) ? changed : _committed.GetValueOrDefault(id);

    /// <summary>The head with a key as it is committed; null where there is none.</summary>
    public PartitionHead? CommittedOf(int key) => key >= 1 && key <= _byKey.Count ? _byKey[key - 1] : null;

    /// <summary>Number of partitions of a source; 0 where it is unknown.</summary>
    public int PartitionCount(string source) =>
        _changedCounts.TryGetValue(source, out var changed) ? changed : _counts.GetValueOrDefault(source);

    public void Set(PartitionHead head)
    {
        _changed[head.Id] = head;
        if (head.PartitionCount > PartitionCount(head.Id.Source))
            _changedCounts[head.Id.Source] = head.PartitionCount;
    }

    /// <summary>Writes what was changed.</summary>
    /// <param name="transaction">Gives positions, and has the sum of all heads, which follows.</param>
    public void Flush(JournalTransaction transaction)
    {
        var sum = transaction.Totals.PartitionsSum;
        foreach (var head in _changed.Values)
        {
            sum = _committed.TryGetValue(head.Id, out var before)
                ? sum.Without(HeadColumns.ChecksumOf(before)).With(table.Append(head, transaction.NextPosition()))
                : sum.With(table.Insert(head));
        }

        transaction.Totals = transaction.Totals with { PartitionsSum = sum };
    }

    /// <summary>Puts the newest heads into their rows. To be followed by <see cref="Folded"/> once that is committed.</summary>
    public void Fold() => table.Fold(_unfolded.Select(id => _committed[id]));

    public void Folded()
    {
        _unfolded.Clear();
        _newRows = 0;
        _spared = 0;
    }

    /// <summary>Nothing is lost by that: the newest heads count where they are.</summary>
    public void FoldFailed() => _spared = _newRows;

    public void Committed()
    {
        foreach (var (id, head) in _changed)
        {
            if (_committed.ContainsKey(id))
            {
                _unfolded.Add(id);
                _newRows++;
            }

            _committed[id] = head;
            if (head.Key > _byKey.Count)
                CollectionsMarshal.SetCount(_byKey, head.Key);
            _byKey[head.Key - 1] = head;
        }

        foreach (var (source, count) in _changedCounts)
            _counts[source] = count;
        RolledBack();
    }

    public void RolledBack()
    {
        _changed.Clear();
        _changedCounts.Clear();
    }
}
