using System.Runtime.InteropServices;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// All heads, as they are committed and as the transaction under way leaves them: the lock on the folder makes this process
/// the only writer. About 350 bytes a partition. Used by the writer thread alone.
/// </summary>
/// <param name="table">Where they are stored.</param>
/// <param name="newRowsMax"><see cref="SqliteJournalOptions.NewHeadsMax"/>.</param>
internal sealed class HeadCache(PartitionsTable table, int newRowsMax)
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
    private bool _folds;

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
        _folds = _newRows + _changed.Count > newRowsMax;
        foreach (var head in _changed.Values)
        {
            if (_committed.TryGetValue(head.Id, out var before))
            {
                sum = sum.Without(HeadColumns.ChecksumOf(before)).With(HeadColumns.ChecksumOf(head));
                if (!_folds)
                    table.Append(head, transaction.NextPosition());
            }
            else
            {
                sum = sum.With(table.Insert(head));
            }
        }

        if (_folds)
            table.Fold(_changed.Values.Where(head => _committed.ContainsKey(head.Id)).Concat(_unfolded.Where(id => !_changed.ContainsKey(id)).Select(id => _committed[id])));
        transaction.Totals = transaction.Totals with { PartitionsSum = sum };
    }

    public void Committed()
    {
        if (_folds)
        {
            _unfolded.Clear();
            _newRows = 0;
        }

        foreach (var (id, head) in _changed)
        {
            if (!_folds && _committed.ContainsKey(id))
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
        _folds = false;
    }
}
