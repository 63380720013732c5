using Ingest.Engine;

namespace Ingest.Storage.Tests.Lakes.Folder;

public sealed class FolderFaultsTests
{
    [Theory]
    [InlineData(1, PutOutcome.Denied)] // EPERM
    [InlineData(2, PutOutcome.Missing)] // ENOENT
    [InlineData(5, PutOutcome.Unreachable)] // EIO
    [InlineData(13, PutOutcome.Denied)] // EACCES
    [InlineData(20, PutOutcome.Rejected)] // ENOTDIR
    [InlineData(27, PutOutcome.Rejected)] // EFBIG
    [InlineData(28, PutOutcome.Throttled)] // ENOSPC
    [InlineData(30, PutOutcome.Denied)] // EROFS
    [InlineData(36, PutOutcome.Rejected)] // ENAMETOOLONG
    [InlineData(116, PutOutcome.Unreachable)] // ESTALE
    [InlineData(122, PutOutcome.Throttled)] // EDQUOT
    public void An_errno_has_its_outcome(int errno, PutOutcome expected)
    {
        var result = FolderFaults.ToResult(new IOException("what the system said", errno));

        Assert.Equal(new PutResult(expected, "what the system said"), result);
    }

    [Fact]
    public void An_exception_of_the_base_library_has_its_outcome()
    {
        Assert.Equal(PutOutcome.Denied, FolderFaults.ToResult(new UnauthorizedAccessException()).Outcome);
        Assert.Equal(PutOutcome.Missing, FolderFaults.ToResult(new DirectoryNotFoundException()).Outcome);
        Assert.Equal(PutOutcome.Rejected, FolderFaults.ToResult(new PathTooLongException()).Outcome);
    }
}
