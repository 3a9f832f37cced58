(local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32 i32 i32 i32 i32 f32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32)
i32.const 0
i32.load offset=0x0
local.set 0
i32.const 0
i32.load offset=0x4
local.set 1
i32.const 0
i32.load offset=0x8
local.set 2
i32.const 0
i32.load offset=0xc
local.set 3
i32.const 0
i32.load offset=0x10
local.set 4
i32.const 0
i32.load offset=0x14
local.set 5
i32.const 0
i32.load offset=0x40
i32.const 31
i32.shl
local.set 6
i32.const 0
i32.load offset=0x44
i32.eqz
local.set 7
i32.const 0
i32.load offset=0x48
local.set 8
i32.const 1
local.set 9
i32.const 0
i32.load offset=0x4c
i32.const 31
i32.shl
local.set 10
i32.const 1
local.set 11
i32.const 0
i32.load offset=0x50
i64.extend_i32_u
i64.const 1
i64.sub
local.set 12
i32.const 0
i32.load offset=0x200004
local.set 13
i32.const 0
i32.load offset=0x20000c
local.set 14
i32.const 0
i32.load offset=0x134
local.set 23
block
  local.get 13
  i32.const 7
  i32.lt_s
  if (unlikely)
    i32.const 0
    i32.const 0
    i32.store offset=0x200000
    i32.const 4
    local.set 15
    br 1
  end
  local.get 2
  local.set 24
  local.get 24
  i32.const 4
  i32.add
  local.set 25
  local.get 24
  local.set 26
  block
    local.get 26
    i32.const 12
    i32.shr_u
    i32.const 2
    i32.shl
    i32.load offset=0x400000
    local.tee 28
    local.get 26
    i32.or
    i32.const 3
    i32.and
    i32.eqz
    if (likely)
      local.get 28
      local.get 26
      i32.add
      i32.load offset=0x0
      local.set 27
      br 1
    end
    local.get 26
    local.set 23
    local.get 26
    i32.const 4
    i32.const 0
    local.get 13
    i32.const 1
    call_indirect type=0 table=0
    local.set 27
    i32.const 0
    i32.load offset=0x200004
    local.set 13
    i32.const 0
    i32.load offset=0x7c
    local.tee 17
    if (unlikely)
      local.get 17
      i32.const 1
      i32.and
      br_if 2
      local.get 26
      local.set 23
      local.get 25
      local.set 2
      local.get 27
      local.set 0
      i32.const 0
      i32.const 0
      i32.store offset=0x200000
      br 2
    end
  end
  local.get 26
  local.set 23
  local.get 25
  local.set 2
  local.get 27
  local.set 0
  local.get 3
  local.set 24
  local.get 24
  i32.const 4
  i32.add
  local.set 25
  local.get 24
  local.set 26
  block
    local.get 26
    i32.const 12
    i32.shr_u
    i32.const 2
    i32.shl
    i32.load offset=0x400000
    local.tee 28
    local.get 26
    i32.or
    i32.const 3
    i32.and
    i32.eqz
    if (likely)
      local.get 28
      local.get 26
      i32.add
      i32.load offset=0x0
      local.set 27
      br 1
    end
    local.get 26
    i32.const 4
    i32.const 1
    local.get 13
    i32.const 1
    call_indirect type=0 table=0
    local.set 27
    i32.const 0
    i32.load offset=0x200004
    local.set 13
    i32.const 0
    i32.load offset=0x7c
    local.tee 17
    if (unlikely)
      local.get 17
      i32.const 1
      i32.and
      br_if 2
      local.get 23
      local.get 26
      i32.xor
      i32.const 28
      i32.shr_u
      if
        local.get 13
        i32.const 1
        i32.sub
        local.set 13
        i32.const 0
        i32.const 0
        i64.load offset=0x204040
        i64.const 1
        i64.add
        i64.store offset=0x204040
      end
      local.get 25
      local.set 3
      local.get 27
      local.set 1
      i32.const 0
      i32.const 1
      i32.store offset=0x200000
      br 2
    end
  end
  local.get 23
  local.get 26
  i32.xor
  i32.const 28
  i32.shr_u
  if
    local.get 13
    i32.const 1
    i32.sub
    local.set 13
    i32.const 0
    i32.const 0
    i64.load offset=0x204048
    i64.const 1
    i64.add
    i64.store offset=0x204048
  end
  local.get 25
  local.set 3
  local.get 27
  local.set 1
  local.get 0
  i64.extend_i32_u
  i64.extend16_s
  local.get 1
  i64.extend_i32_u
  i64.extend16_s
  i64.mul
  local.get 0
  i64.extend_i32_s
  i64.const 16
  i64.shr_s
  local.get 1
  i64.extend_i32_s
  i64.const 16
  i64.shr_s
  i64.mul
  i64.add
  local.get 4
  i64.extend_i32_s
  i64.add
  local.set 29
  local.get 29
  i64.const -2147483648
  i64.add
  local.get 12
  i64.and
  local.set 12
  local.get 29
  i32.wrap_i64
  local.set 4
  local.get 5
  local.set 24
  local.get 24
  i32.const 1
  i32.sub
  local.set 25
  local.get 25
  local.set 5
  local.get 25
  local.set 6
  local.get 25
  local.set 7
  local.get 24
  i32.const 1
  local.set 9
  local.set 8
  local.get 24
  i32.const 1
  local.set 11
  local.set 10
  local.get 7
  i32.eqz
  i32.eqz
  local.set 30
  local.get 30
  if
    local.get 13
    i32.const 7
    i32.sub
    local.set 13
    local.get 18
    i32.const 5
    i32.add
    local.set 18
    i32.const 0
    i32.const 0
    i64.load offset=0x204050
    i64.const 1
    i64.add
    i64.store offset=0x204050
    loop
      local.get 13
      i32.const 8
      i32.lt_s
      if (unlikely)
        i32.const 0
        i32.const 0
        i32.store offset=0x200000
        i32.const 4
        local.set 15
        br 3
      end
      local.get 2
      local.set 24
      local.get 24
      i32.const 4
      i32.add
      local.set 25
      local.get 24
      local.set 26
      block
        local.get 26
        i32.const 12
        i32.shr_u
        i32.const 2
        i32.shl
        i32.load offset=0x400000
        local.tee 28
        local.get 26
        i32.or
        i32.const 3
        i32.and
        i32.eqz
        if (likely)
          local.get 28
          local.get 26
          i32.add
          i32.load offset=0x0
          local.set 27
          br 1
        end
        local.get 26
        local.set 23
        local.get 26
        i32.const 4
        i32.const 0
        local.get 13
        i32.const 1
        call_indirect type=0 table=0
        local.set 27
        i32.const 0
        i32.load offset=0x200004
        local.set 13
        i32.const 0
        i32.load offset=0x7c
        local.tee 17
        if (unlikely)
          local.get 17
          i32.const 1
          i32.and
          br_if 4
          local.get 26
          local.set 23
          local.get 25
          local.set 2
          local.get 27
          local.set 0
          i32.const 0
          i32.const 0
          i32.store offset=0x200000
          br 4
        end
      end
      local.get 26
      local.set 23
      local.get 25
      local.set 2
      local.get 27
      local.set 0
      local.get 3
      local.set 24
      local.get 24
      i32.const 4
      i32.add
      local.set 25
      local.get 24
      local.set 26
      block
        local.get 26
        i32.const 12
        i32.shr_u
        i32.const 2
        i32.shl
        i32.load offset=0x400000
        local.tee 28
        local.get 26
        i32.or
        i32.const 3
        i32.and
        i32.eqz
        if (likely)
          local.get 28
          local.get 26
          i32.add
          i32.load offset=0x0
          local.set 27
          br 1
        end
        local.get 26
        i32.const 4
        i32.const 1
        local.get 13
        i32.const 1
        call_indirect type=0 table=0
        local.set 27
        i32.const 0
        i32.load offset=0x200004
        local.set 13
        i32.const 0
        i32.load offset=0x7c
        local.tee 17
        if (unlikely)
          local.get 17
          i32.const 1
          i32.and
          br_if 4
          local.get 23
          local.get 26
          i32.xor
          i32.const 28
          i32.shr_u
          if
            local.get 13
            i32.const 1
            i32.sub
            local.set 13
            i32.const 0
            i32.const 0
            i64.load offset=0x204058
            i64.const 1
            i64.add
            i64.store offset=0x204058
          end
          local.get 25
          local.set 3
          local.get 27
          local.set 1
          i32.const 0
          i32.const 1
          i32.store offset=0x200000
          br 4
        end
      end
      local.get 23
      local.get 26
      i32.xor
      i32.const 28
      i32.shr_u
      if
        local.get 13
        i32.const 1
        i32.sub
        local.set 13
        i32.const 0
        i32.const 0
        i64.load offset=0x204060
        i64.const 1
        i64.add
        i64.store offset=0x204060
      end
      local.get 25
      local.set 3
      local.get 27
      local.set 1
      local.get 0
      i64.extend_i32_u
      i64.extend16_s
      local.get 1
      i64.extend_i32_u
      i64.extend16_s
      i64.mul
      local.get 0
      i64.extend_i32_s
      i64.const 16
      i64.shr_s
      local.get 1
      i64.extend_i32_s
      i64.const 16
      i64.shr_s
      i64.mul
      i64.add
      local.get 4
      i64.extend_i32_s
      i64.add
      local.set 29
      local.get 29
      i64.const -2147483648
      i64.add
      local.get 12
      i64.and
      local.set 12
      local.get 29
      i32.wrap_i64
      local.set 4
      local.get 5
      local.set 24
      local.get 24
      i32.const 1
      i32.sub
      local.set 25
      local.get 25
      local.set 5
      local.get 25
      local.set 6
      local.get 25
      local.set 7
      local.get 24
      i32.const 1
      local.set 9
      local.set 8
      local.get 24
      i32.const 1
      local.set 11
      local.set 10
      local.get 7
      i32.eqz
      i32.eqz
      local.set 31
      local.get 31
      if
        local.get 13
        i32.const 8
        i32.sub
        local.set 13
        local.get 32
        i32.const 1
        i32.add
        local.set 32
        br 1
      end
      local.get 13
      i32.const 7
      i32.sub
      local.set 13
      local.get 18
      i32.const 5
      i32.add
      local.set 18
      i32.const 0
      i32.const 0
      i64.load offset=0x204070
      i64.const 1
      i64.add
      i64.store offset=0x204070
      i32.const 1
      local.set 16
      i32.const 0
      i32.const 272
      i32.store offset=0x3c
      i32.const 0
      i32.const 0
      i32.store offset=0x58
      i32.const 0
      i32.const 1
      i32.store offset=0x110
      i32.const 1
      local.set 15
      br 2
    end
  end
  local.get 13
  i32.const 6
  i32.sub
  local.set 13
  local.get 18
  i32.const 5
  i32.add
  local.set 18
  i32.const 0
  i32.const 0
  i64.load offset=0x204078
  i64.const 1
  i64.add
  i64.store offset=0x204078
  i32.const 1
  local.set 16
  i32.const 0
  i32.const 272
  i32.store offset=0x3c
  i32.const 0
  i32.const 0
  i32.store offset=0x58
  i32.const 0
  i32.const 1
  i32.store offset=0x110
  i32.const 1
  local.set 15
  br 0
end
i32.const 0
local.get 0
i32.store offset=0x0
i32.const 0
local.get 1
i32.store offset=0x4
i32.const 0
local.get 2
i32.store offset=0x8
i32.const 0
local.get 3
i32.store offset=0xc
i32.const 0
local.get 4
i32.store offset=0x10
i32.const 0
local.get 5
i32.store offset=0x14
i32.const 0
local.get 6
i32.const 31
i32.shr_u
i32.store offset=0x40
i32.const 0
local.get 7
i32.eqz
i32.store offset=0x44
i32.const 0
local.get 8
local.get 9
i32.ge_u
i32.store offset=0x48
i32.const 0
local.get 10
local.get 11
i32.xor
local.get 10
local.get 10
local.get 11
i32.sub
i32.xor
i32.and
i32.const 31
i32.shr_u
i32.store offset=0x4c
i32.const 0
local.get 12
i64.const 32
i64.shr_s
i64.const -1
i64.ne
i32.store offset=0x50
i32.const 0
local.get 23
i32.store offset=0x134
i32.const 0
local.get 13
i32.store offset=0x200004
i32.const 0
local.get 14
i32.store offset=0x20000c
i32.const 0
i32.const 0
i64.load offset=0x204068
local.get 32
i64.extend_i32_u
i64.add
i64.store offset=0x204068
local.get 18
local.get 32
i32.const 5
i32.mul
i32.add
local.set 18
i32.const 0
i32.const 0
i64.load offset=0x204080
i64.const 1
i64.add
i64.store offset=0x204080
i32.const 0
i32.const 0
i64.load offset=0x204088
local.get 18
i64.extend_i32_u
i64.add
i64.store offset=0x204088
i32.const 0
i32.const 0
i32.load offset=0x200010
local.get 18
i32.add
i32.store offset=0x200010
local.get 16
i32.eqz
if
  local.get 15
  return
end
local.get 16
return_call_indirect type=12 table=0
