namespace Ingest.Storage.Postgres;

/// <summary>Tells whether a commit is on its way: from then on a fault leaves open whether it is stored.</summary>
internal sealed class CommitStep
{
    public bool IsCommitting { get; private set; }

    public Task CommitAsync(Npgsql.NpgsqlTransaction transaction, CancellationToken cancellation) =>
        CommitAsync(() => transaction.CommitAsync(cancellation));

    /// <param name="commit">Sends what ends with COMMIT.</param>
    public async Task CommitAsync(Func<Task> commit)
    {
        IsCommitting = true;
        await commit();
        IsCommitting = false;
    }
}
